#include "corefile/overlap.h"

#include <algorithm>
#include <iterator>
#include <map>

namespace signpost::corefile {
namespace {

// Who serves one zone on one transport and port. The empty address stands for all.
using Holders = std::map<std::string, Location>;

std::string on(const std::string& endpoint, const std::string& address) {
  return address.empty() ? endpoint : endpoint + " on " + address;
}

void claim(const Served& served, const std::string& address, Holders& holders, Problems& problems) {
  const std::string endpoint = served.endpoint.text();
  const Location& where = served.endpoint.where;
  const auto same = holders.find(address);
  if (same != holders.end()) {
    if (!served.filtered)
      problems.error(where, "cannot serve " + on(endpoint, address) +
                                " - it is already defined at " + same->second.text());
    return;
  }
  // Bound against unbound, whichever came first; "" sorts first.
  const auto other = address.empty() ? holders.begin() : holders.find("");
  if (other != holders.end()) {
    problems.error(where, "cannot serve " + on(endpoint, address) +
                              " - zone overlap listener capacity with " +
                              on(endpoint, other->first) + " at " + other->second.text());
    return;
  }
  if (!served.filtered) holders.emplace(address, where);
}

}  // namespace

void report_overlaps(std::span<const Served> all, Problems& problems) {
  std::map<std::string, Holders> by_endpoint;
  for (const Served& served : all) {
    if (served.endpoint.port == 0) continue;
    Holders& holders = by_endpoint[served.endpoint.text()];
    if (served.addresses.empty()) claim(served, "", holders, problems);
    for (const std::string& address : served.addresses) claim(served, address, holders, problems);
  }
}

}  // namespace signpost::corefile
