#include "net/tcp_frames.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace signpost::net {
namespace {

std::string frame(const std::string& message) {
  return std::string{char(message.size() >> 8), char(message.size())} + message;
}

// Feeds `stream` in reads of at most `step` bytes; the messages found, and "!" for abuse.
std::vector<std::string> cut(const std::string& stream, size_t step, size_t shared_size = 16384) {
  TcpFrames frames;
  std::vector<uint8_t> shared(shared_size);
  std::vector<std::string> found;
  for (size_t at = 0; at < stream.size();) {
    const auto room = frames.room(shared);
    const size_t count = std::min({step, room.size(), stream.size() - at});
    EXPECT_GT(count, 0u);
    std::copy_n(stream.begin() + ptrdiff_t(at), count, room.begin());
    frames.filled(count);
    at += count;
    std::span<const uint8_t> message;
    auto next = TcpFrames::Next::more;
    while ((next = frames.next(message)) == TcpFrames::Next::message)
      found.emplace_back(message.begin(), message.end());
    if (next == TcpFrames::Next::abusive) {
      found.emplace_back("!");
      return found;
    }
    frames.stash();
    // Another connection uses it.
    std::fill_n(shared.begin(), std::min(count, shared.size()), 0xee);
  }
  return found;
}

TEST(TcpFramesTest, FindsTheSameMessagesHoweverTheyArrive) {
  std::vector<std::string> messages;
  std::string stream;
  for (size_t size : {12u, 13u, 40u, 511u, 512u, 12u, 5000u, 16382u, 16383u, 65535u, 12u, 300u}) {
    messages.emplace_back(size, char('a' + messages.size()));
    stream += frame(messages.back());
  }
  for (size_t step : {1u, 2u, 3u, 13u, 14u, 511u, 512u, 1000u, 16384u, 100000u})
    EXPECT_EQ(cut(stream, step), messages) << "in steps of " << step;
}

TEST(TcpFramesTest, GivesUpOnLengthsThatNoMessageHas) {
  for (size_t length : {0u, 1u, 11u}) {
    const std::string stream = frame(std::string(12, 'a')) + frame(std::string(length, 'b'));
    for (size_t step : {1u, 100u})
      EXPECT_EQ(cut(stream, step), (std::vector<std::string>{std::string(12, 'a'), "!"})) << length;
  }
}

TEST(TcpFramesTest, AnUnfinishedMessageIsNotOne) {
  EXPECT_EQ(cut(frame(std::string(50, 'a')).substr(0, 51), 100), std::vector<std::string>{});
  EXPECT_EQ(cut(std::string(1, '\0'), 100), std::vector<std::string>{});
}

TEST(TcpFramesTest, ReservesOnlyWhatTheLengthCallsFor) {
  TcpFrames frames;
  std::vector<uint8_t> shared(16384);
  frames.room(shared)[0] = 0xff;
  frames.room(shared)[1] = 0xff;
  frames.filled(2);
  frames.stash();
  EXPECT_EQ(frames.room(shared).size(), kTcpMessage);
}

TEST(TcpFramesTest, WholeMessagesMayBeKeptForLater) {
  TcpFrames frames;
  std::vector<uint8_t> shared(16384);
  const std::string stream = frame(std::string(12, 'a')) + frame(std::string(12, 'b')) + "\1";
  std::copy(stream.begin(), stream.end(), frames.room(shared).begin());
  frames.filled(stream.size());
  std::span<const uint8_t> message;
  for (char expected : {'a', 'b'}) {
    ASSERT_EQ(frames.next(message), TcpFrames::Next::message);
    EXPECT_EQ(message[0], expected);
    frames.stash();
    std::fill(shared.begin(), shared.end(), 0xee);
  }
  EXPECT_EQ(frames.next(message), TcpFrames::Next::more);
}

}  // namespace
}  // namespace signpost::net
