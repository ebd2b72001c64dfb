#include "settings.h"

#include "signpost/policy.h"

namespace signpost::alias {

namespace {

constexpr std::string_view kProperties[] = {"resolver"};
constexpr size_t kMostResolvers = 16;

void read_property(const Directive& property, std::vector<Endpoint>& resolvers) {
  if (!property.name.is("resolver")) unknown_property(property, kProperties);
  expect_args(property, 1, kMostResolvers, false);
  for (const Token& word : property.args) {
    const auto endpoint = Endpoint::parse(word.text, 53);
    if (!endpoint || endpoint->port == 0)
      throw ConfigError(word.where, "'" + word.text +
                                        "' is no address of a resolver: expected ADDRESS or "
                                        "ADDRESS:PORT, such as 192.0.2.53 or [2001:db8::53]:5353");
    resolvers.push_back(*endpoint);
  }
}

}  // namespace

Settings::Settings(Setup& setup) : table(setup.offers<AddressTable>()) {
  const Directive* options = nullptr;
  for (const Directive& line : setup.lines()) {
    try {
      if (!line.has_block) {
        read_alias(setup, line);
        continue;
      }
      if (!line.args.empty())
        throw ConfigError(line.where(),
                          "an alias has no block; the resolver is set for all aliases of the "
                          "server block, with a line of its own: alias { resolver ADDRESS }");
      if (options)
        throw ConfigError(line.where(), "the resolver is already set at " +
                                            options->where().text() + "; keep one of the two");
      options = &line;
      for (const Directive& property : line.block) read_property(property, resolvers);
    } catch (const ConfigError& e) {
      setup.problems().add(e);
    }
  }
}

}  // namespace signpost::alias
