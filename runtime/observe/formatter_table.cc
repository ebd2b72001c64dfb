#include "observe/formatter_table.h"

#include <stdexcept>

namespace signpost::observe {
namespace {

constexpr size_t kIds = 65536;

}  // namespace

uint16_t FormatterTable::add(std::unique_ptr<LineFormatter> formatter) {
  if (owned_.size() == kIds)
    throw std::length_error("65536 line formatters are registered, which is the most there can be");
  while (owned_.contains(next_id_)) ++next_id_;
  added_.push_back(next_id_);
  owned_.emplace(next_id_, std::move(formatter));
  return next_id_++;
}

std::vector<uint16_t> FormatterTable::sync() {
  for (const uint16_t id : added_) active_[id] = owned_.at(id).get();
  added_.clear();
  return std::exchange(retired_, {});
}

LineFormatter* FormatterTable::find(uint16_t id) const {
  const auto found = active_.find(id);
  return found == active_.end() ? nullptr : found->second;
}

FormatterTable::Retired FormatterTable::remove(const std::vector<uint16_t>& ids) {
  Retired removed;
  for (const uint16_t id : ids) {
    active_.erase(id);
    removed.push_back(std::move(owned_.extract(id).mapped()));
  }
  return removed;
}

}  // namespace signpost::observe
