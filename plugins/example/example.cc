// The plugin `example`: answers TXT for the names its lines list. It does little, but it has every
// part a plugin needs: copy the folder, put the new name into plugins/meson.build, and change it.
#include <array>
#include <vector>

#include "signpost/plugin.h"

namespace signpost::example {
namespace {

struct Text {
  Name name;
  std::vector<uint8_t> data;  // TXT in wire form: one character string (RFC 1035, section 3.3.14)
  uint32_t ttl = 3600;        // seconds
};

// Made once from the lines of the Corefile; every worker reads the same one.
struct Settings {
  explicit Settings(Setup& setup) {
    for (const Directive& line : setup.lines()) {
      expect_args(line, 2, 2, true);
      texts.push_back(read(line, setup.zones()[0]));
    }
  }
  std::vector<Text> texts;

 private:
  static Text read(const Directive& line, const Name& origin) {
    const Token &name = line.args[0], &words = line.args[1];
    Text text;
    std::string why;
    const auto parsed = Name::parse(name.text, origin, &why);
    if (!parsed) throw ConfigError(name.where, "'" + name.text + "' is no domain name: " + why);
    if (words.text.size() > 255)
      throw ConfigError(words.where, "the text is longer than 255 characters");
    text.name = *parsed;
    text.data.push_back(uint8_t(words.text.size()));
    text.data.insert(text.data.end(), words.text.begin(), words.text.end());
    for (const Directive& property : line.block) {
      if (!property.name.is("ttl")) unknown_property(property, std::array{std::string_view("ttl")});
      expect_args(property, 1, 1, false);
      text.ttl = read_number(property.args[0], 0, 2147483647);
    }
    return text;
  }
};

// One on each worker. Hooks take no lock and allocate nothing.
class Worker {
 public:
  explicit Worker(const Settings& settings) : texts_(settings.texts) {}

  Down down(Query& query) noexcept {
    if (query.type != rr::txt) return Down::next;
    for (const Text& text : texts_) {
      if (!(text.name.view() == query.looked_for())) continue;
      query.authoritative = true;
      query.add_record(Section::answer, ReplyEntry::step_owner, {}, rr::txt, text.ttl, text.data);
      return Down::answered;
    }
    return Down::next;  // the plugin below is asked
  }

 private:
  const std::vector<Text>& texts_;
};

}  // namespace
}  // namespace signpost::example

// Asked before `zone`, so that its names may lie in a zone.
SIGNPOST_EXPORT(
    example,
    signpost::placed(signpost::describe<signpost::example::Settings, signpost::example::Worker>(
                         "example", signpost::Stage::source),
                     "zone", nullptr))
