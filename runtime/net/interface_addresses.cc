#include "net/interface_addresses.h"

#include <ifaddrs.h>
#include <net/if.h>

#include <memory>

#include "net/socket_address.h"

namespace signpost {

std::optional<std::vector<InterfaceAddress>> addresses_of_interface(const std::string& name) {
  if (if_nametoindex(name.c_str()) == 0) return std::nullopt;
  std::vector<InterfaceAddress> found;
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return found;
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(list, freeifaddrs);
  for (const ifaddrs* i = list; i != nullptr; i = i->ifa_next) {
    if (i->ifa_addr == nullptr || name != i->ifa_name) continue;
    const Address address = net::endpoint_of(*i->ifa_addr).address;
    if (address.family == 0) continue;
    uint32_t scope = 0;
    if (address.family == 6)
      scope = reinterpret_cast<const sockaddr_in6*>(i->ifa_addr)->sin6_scope_id;
    found.push_back({address, scope});
  }
  return found;
}

std::vector<std::string> interface_names() {
  std::vector<std::string> names;
  const std::unique_ptr<struct if_nameindex, decltype(&if_freenameindex)> list(if_nameindex(),
                                                                               if_freenameindex);
  for (auto* i = list.get(); i != nullptr && i->if_index != 0; ++i) names.emplace_back(i->if_name);
  return names;
}

}  // namespace signpost
