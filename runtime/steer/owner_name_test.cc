// What the names of steered sets and aliases stand for.
#include <gtest/gtest.h>

#include "steer/block_kit.h"

namespace signpost::steer {
namespace {

TEST(OwnerNames, WarnOfNamesThatHoldTheZoneTwice) {
  const auto warnings = [](const std::string& lines, std::vector<std::string> zones) {
    kit::FakeSetup setup(lines, std::move(zones));
    read_lines(setup);
    EXPECT_FALSE(setup.sets.empty()) << lines;
    return setup.problem_text();
  };
  const auto warning = [](const std::string& word) {
    return "Corefile:1 - Warning: '" + word + "' has no dot at its end, so it stands for " + word +
           ".example.com.; if " + word + ". is meant, write the final dot\n";
  };
  const std::vector<std::string> zone{"example.com."};
  for (const char* word : {"www.example.com", "example.com", "*.example.com"}) {
    EXPECT_EQ(warnings("weighted " + std::string(word) + " A {\n 192.0.2.1\n}\n", zone),
              warning(word));
    EXPECT_EQ(warnings("alias " + std::string(word) + " A t\n", zone), warning(word));
    const std::string final_dot = std::string(word) + ".";
    EXPECT_EQ(warnings("weighted " + final_dot + " A {\n 192.0.2.1\n}\n", zone), "");
  }
  EXPECT_EQ(warnings("alias example.com A t\n", {"example.net.", "example.com."}),
            warning("example.com"));
  for (const char* word : {"www", "@", "com", "www.example", "xexample.com"})
    EXPECT_EQ(warnings("alias " + std::string(word) + " A t\n", zone), "") << word;
  EXPECT_EQ(warnings("alias www.example.com A t\n", {"."}), "");
}

}  // namespace
}  // namespace signpost::steer
