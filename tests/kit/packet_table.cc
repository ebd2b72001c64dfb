#include "kit/packet_table.h"

#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>

#include "kit/message.h"
#include "signpost/mnemonics.h"

namespace signpost::kit {

namespace {

using Bytes = std::vector<uint8_t>;

// Turns the words of the notation into bytes.
class Notation {
 public:
  void let(const std::string& word, const std::string& text) { words_[word] = bytes(text); }

  Bytes bytes(const std::string& text) const {
    Bytes out;
    std::vector<size_t> open;
    std::istringstream words(text);
    for (std::string word; words >> word;) {
      if (word == "[") {
        open.push_back(out.size());
        out.insert(out.end(), 2, 0);
      } else if (word == "]") {
        if (open.empty()) throw std::runtime_error("']' without '['");
        const size_t length = out.size() - open.back() - 2;
        out[open.back()] = uint8_t(length >> 8);
        out[open.back() + 1] = uint8_t(length);
        open.pop_back();
      } else {
        const size_t star = word.find('*');
        const Bytes once = one(word.substr(0, star));
        for (int n = star == std::string::npos ? 1 : std::stoi(word.substr(star + 1)); n > 0; --n)
          out.insert(out.end(), once.begin(), once.end());
      }
    }
    if (!open.empty()) throw std::runtime_error("'[' without ']'");
    return out;
  }

 private:
  Bytes one(const std::string& word) const {
    if (word.starts_with("name:")) return name(word.substr(5));
    if (const auto found = words_.find(word); found != words_.end()) return found->second;
    if (word.size() % 2 != 0 || word.find_first_not_of("0123456789abcdef") != std::string::npos)
      throw std::runtime_error("'" + word + "' is unknown");
    Bytes out;
    for (size_t i = 0; i < word.size(); i += 2)
      out.push_back(uint8_t(std::stoi(word.substr(i, 2), nullptr, 16)));
    return out;
  }

  static Bytes name(const std::string& text) {
    Bytes out;
    std::istringstream labels(text);
    for (std::string label; std::getline(labels, label, '.');) {
      out.push_back(uint8_t(label.size()));
      out.insert(out.end(), label.begin(), label.end());
    }
    out.push_back(0);
    return out;
  }

  std::map<std::string, Bytes> words_;
};

class TableReader {
 public:
  std::vector<OddPacket> read(const std::string& path) {
    std::ifstream file(path);
    if (!file) throw std::runtime_error(path + " cannot be read");
    unsigned number = 0;
    for (std::string line; std::getline(file, line);) {
      ++number;
      try {
        take(line);
      } catch (const std::exception& e) {
        throw std::runtime_error(path + ":" + std::to_string(number) + " - " + e.what());
      }
    }
    return std::move(table_);
  }

 private:
  static Features words(const std::string& text) {
    std::istringstream in(text);
    Features found;
    for (std::string word; in >> word;) found.insert(word);
    return found;
  }

  void take(const std::string& line) {
    if (line.starts_with("#")) return;
    if (line.starts_with("let ")) {
      const size_t is = line.find(" = ");
      if (is == std::string::npos) throw std::runtime_error("expected: let WORD = BYTES");
      return notation_.let(line.substr(4, is - 4), line.substr(is + 3));
    }
    if (at_ == title) {
      if (line.empty()) return;
      table_.emplace_back().title = line;
      at_ = packet;
    } else if (at_ == packet) {
      table_.back().packet = notation_.bytes(line);
      at_ = result;
    } else if (line.starts_with("-> ")) {
      table_.back().udp = table_.back().tcp = words(line.substr(3));
    } else if (line.starts_with("udp-> ")) {
      table_.back().udp = words(line.substr(6));
    } else if (line.starts_with("tcp-> ")) {
      table_.back().tcp = words(line.substr(6));
    } else if (line.starts_with("; ")) {
      table_.back().reason = line.substr(2);
      if (table_.back().udp.empty() || table_.back().tcp.empty())
        throw std::runtime_error("no result for '" + table_.back().title + "'");
      at_ = title;
    } else {
      throw std::runtime_error("expected a result or a reason");
    }
  }

  Notation notation_;
  std::vector<OddPacket> table_;
  enum { title, packet, result } at_ = title;
};

}  // namespace

std::vector<OddPacket> read_packet_table(const std::string& path) {
  return TableReader().read(path);
}

Features features_of(std::span<const uint8_t> reply) {
  if (reply.empty()) return {"none"};
  const Message message = decode(reply);
  Features found{rcode_text(message.rcode)};
  const auto note = [&](bool has, const char* word) {
    if (has) found.insert(word);
  };
  note(!message.questions.empty(), "question");
  note(message.edns, "opt");
  note(!message.answer.empty(), "data");
  note(message.aa(), "aa");
  note(message.tc(), "tc");
  note(message.flags & 0x0100, "rd");
  note(message.flags & 0x00f0 & ~0x0010, "reserved");
  note(message.flags & 0x0010, "cd");
  note(message.option(11).has_value(), "keepalive");
  for (const Record& record : message.additional) note(record.type == 250, "tsig");
  if (const auto error = message.option(15); error && error->size() >= 2)
    found.insert("ede:" + std::to_string(uint8_t((*error)[0]) << 8 | uint8_t((*error)[1])));
  return found;
}

std::string text_of(const Features& features) {
  std::string text;
  for (const std::string& word : features) text += (text.empty() ? "" : " ") + word;
  return text;
}

}  // namespace signpost::kit
