// Fuzz target for everything that reads a Corefile: lexer, expansion, imports, parser, keys and
// overlaps. The input is a small tree of files: parts separated by the byte 0x1c are the main file,
// then /etc/signpost/1, /etc/signpost/2 and so on. No disk, no environment.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "corefile/keys.h"
#include "corefile/overlap.h"
#include "corefile/parser.h"

namespace {

using namespace signpost;
using namespace signpost::corefile;

constexpr char kSeparator = 0x1c;
constexpr size_t kMostSpliced = size_t{4} << 20;  // keeps one run short

std::optional<std::string> variable(std::string_view name) {
  static const std::map<std::string, std::string, std::less<>> kVariables = {
      {"A", "a"}, {"TWO", "a b"}, {"SELF", "x{$SELF}"}, {"B", "{$A}"}, {"BRACE", "{"}, {"E", ""}};
  const auto found = kVariables.find(name);
  if (found == kVariables.end()) return std::nullopt;
  return found->second;
}

void require(bool held) {
  if (!held) std::abort();
}

// A message is one line and says where.
void judge(const Problems& problems) {
  for (const Problem& problem : problems.all()) {
    require(!problem.where.file.empty());
    require(problem.message.find('\n') == std::string::npos);
  }
}

void judge(const Document& document, Problems& problems) {
  std::vector<Served> served;
  for (const ServerBlock& block : document.blocks) {
    require(!block.keys.empty());
    for (const Token& key : block.keys)
      for (const Endpoint& endpoint : parse_key(key, 53, problems))
        served.push_back({endpoint, {}, false});
  }
  report_overlaps(served, problems);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static constexpr std::string_view kDirectives[] = {"log", "errors", "whoami", "forward"};
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const size_t end = rest.find(kSeparator);
  const std::string_view text = rest.substr(0, end);
  std::map<std::string, std::string> tree;
  for (size_t at = end; at != rest.npos;) {
    const size_t next = rest.find(kSeparator, at + 1);
    tree["/etc/signpost/" + std::to_string(tree.size() + 1)] = rest.substr(at + 1, next - at - 1);
    at = next;
  }
  const MemoryFiles files(std::move(tree));

  ParseSettings settings;
  settings.path = "/etc/signpost/Corefile";
  settings.files = &files;
  settings.variables = variable;
  settings.most_spliced = kMostSpliced;
  if (size % 2 == 0) settings.directives = kDirectives;
  Problems problems;
  const Document document = parse(text, settings, problems);
  judge(document, problems);
  judge(problems);
  return 0;
}
