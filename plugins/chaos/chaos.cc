// The plugin `chaos`: answers the questions of class CH that operators use to look at a server,
// version.bind and its kin (RFC 4892). As the operator wants: without the line they are refused.
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "signpost/plugin.h"

namespace signpost::chaos {
namespace {

constexpr std::string_view kProperties[] = {"identity"};
constexpr size_t kLongestText = 255;  // of a character string (RFC 1035, section 3.3)

// TXT records of class CH with a TTL of 0, in the form in which replies take them.
class TextRecords {
 public:
  explicit TextRecords(const std::vector<std::string>& texts) : starts_{0} {
    for (const std::string& text : texts) {
      const auto length = uint8_t(text.size());
      bytes_.insert(bytes_.end(), {0, 0, 0, rr::txt, 0, rr::class_ch, 0, 0, 0, 0});
      bytes_.insert(bytes_.end(), {uint8_t((length + 1u) >> 8), uint8_t(length + 1u), length});
      bytes_.insert(bytes_.end(), text.begin(), text.end());
      starts_.push_back(uint32_t(bytes_.size()));
    }
    wire_ = {bytes_.data(), starts_.data(), nullptr, uint16_t(texts.size()), 0, 0};
  }
  TextRecords(const TextRecords&) = delete;
  TextRecords& operator=(const TextRecords&) = delete;
  const WireSet& wire() const { return wire_; }

 private:
  std::vector<uint8_t> bytes_;
  std::vector<uint32_t> starts_;
  WireSet wire_;
};

struct Answer {
  Name name;
  std::shared_ptr<const TextRecords> records;
};

class Settings {
 public:
  explicit Settings(Setup& setup) {
    expect_one_line(setup);
    std::string version = "Signpost-" SIGNPOST_VERSION;
    std::optional<std::string> identity = host_name().substr(0, kLongestText);
    std::vector<std::string> authors;
    if (!setup.lines().empty()) {
      const Directive& line = setup.lines()[0];
      for (const Token& word : line.args) check(word);
      if (!line.args.empty()) version = line.args[0].text;
      for (size_t i = 1; i < line.args.size(); ++i) authors.push_back(line.args[i].text);
      for (const Directive& property : line.block) {
        if (!property.name.is("identity")) unknown_property(property, kProperties);
        identity = read_identity(property);
      }
    }
    answer({"version.bind.", "version.server."}, {version});
    if (identity) answer({"hostname.bind.", "id.server."}, {*identity});
    if (!authors.empty()) answer({"authors.bind."}, authors);
  }

  const std::vector<Answer>& answers() const { return answers_; }

 private:
  static void check(const Token& word) {
    if (word.text.size() > kLongestText)
      throw ConfigError(word.where, "a text of " + std::to_string(word.text.size()) +
                                        " bytes is too long; expected 255 at most");
  }

  // identity TEXT|off
  static std::optional<std::string> read_identity(const Directive& property) {
    expect_args(property, 1, 1, false);
    const Token& word = property.args[0];
    check(word);
    return word.is("off") ? std::nullopt : std::optional(word.text);
  }

  void answer(std::initializer_list<const char*> names, const std::vector<std::string>& texts) {
    const auto records = std::make_shared<const TextRecords>(texts);
    for (const char* name : names) answers_.push_back({Name::parse(name).value(), records});
  }

  std::vector<Answer> answers_;
};

class Worker {
 public:
  explicit Worker(const Settings& settings) : settings_(settings) {}

  Down down(Query& query) noexcept {
    if (query.klass != rr::class_ch || query.type != rr::txt) return Down::next;
    for (const Answer& answer : settings_.answers()) {
      if (query.name() != answer.name.view()) continue;
      query.add(Section::answer, answer.records->wire(), ReplyEntry::step_owner);
      return Down::answered;
    }
    return Down::next;
  }

 private:
  const Settings& settings_;
};

}  // namespace
}  // namespace signpost::chaos

SIGNPOST_EXPORT(chaos, signpost::answering(
                           signpost::describe<signpost::chaos::Settings, signpost::chaos::Worker>(
                               "chaos", signpost::Stage::source),
                           signpost::beyond_class_in))
