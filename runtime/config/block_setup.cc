#include "config/block_setup.h"

#include <algorithm>

namespace signpost {

void BlockSetup::add_zone(ZoneFile file) {
  for (const ServedZone& other : block_.served)
    if (other.file.origin == file.origin) {
      problems_.error(file.where, "zone " + file.origin.text() + " is already read from " +
                                      other.file.path + " at " + other.file.where.text());
      return;
    }
  block_.served.push_back({std::move(file)});
}

void BlockSetup::add_set(const Name& origin, SetSpec set) {
  block_.sets.emplace_back(origin, std::move(set));
}

uint32_t BlockSetup::declare_check(const Token& name) {
  const auto [it, fresh] = checks_.emplace(name.text, name.where);
  if (!fresh)
    problems_.error(name.where,
                    "check '" + name.text + "' is already declared at " + it->second.text());
  block_.checks.push_back(name.text);
  return uint32_t(block_.checks.size() - 1);
}

uint16_t BlockSetup::slot(std::string_view name, const std::type_info& type,
                          std::shared_ptr<const void> empty, bool offered) {
  const auto at = std::find_if(block_.slots.begin(), block_.slots.end(),
                               [&](const TableSlot& s) { return s.name == name; });
  const auto index = uint16_t(at - block_.slots.begin());
  if (at == block_.slots.end()) {
    block_.slots.push_back({std::string(name), type, offered});
    block_.tables.set(index, std::move(empty));
    return index;
  }
  // Hidden visibility gives each module its own type_info, equal by name.
  if (at->type != std::type_index(type))
    throw ConfigError(where(), "plugin " + std::string(plugin_) + " takes table '" +
                                   std::string(name) + "' for another type");
  at->offered |= offered;
  return index;
}

}  // namespace signpost
