// The files that the records of a zone stand in, by number, so that a record keeps a number instead
// of a name. Any thread; not shared while it grows.
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace signpost::zone {

class FileTable {
 public:
  // The number of `file`, a name that outlives the table; one name has one number.
  uint32_t number(std::string_view file) {
    const bool again = last_ < names_.size() && names_[last_].size() == file.size() &&
                       (names_[last_].data() == file.data() || names_[last_] == file);
    if (again) return last_;
    const auto [at, added] = numbers_.try_emplace(file, uint32_t(names_.size()));
    if (added) names_.push_back(file);
    return last_ = at->second;
  }
  std::string_view operator[](uint32_t number) const { return names_[number]; }

 private:
  std::vector<std::string_view> names_;
  std::unordered_map<std::string_view, uint32_t> numbers_;
  uint32_t last_ = 0;  // records of one file mostly follow each other
};

}  // namespace signpost::zone
