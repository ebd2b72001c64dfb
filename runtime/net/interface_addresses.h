// The addresses of a network interface, for `bind lo`. Control thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "signpost/address.h"

namespace signpost {

struct InterfaceAddress {
  Address address;
  uint32_t scope = 0;  // interface number, for link-local IPv6 addresses; else 0
  bool operator==(const InterfaceAddress&) const = default;
};

// In the kernel's order; empty if the interface has none. No value if there is no such interface.
std::optional<std::vector<InterfaceAddress>> addresses_of_interface(const std::string& name);

// Every interface's name, for suggestions. Empty if the kernel does not tell.
std::vector<std::string> interface_names();

}  // namespace signpost
