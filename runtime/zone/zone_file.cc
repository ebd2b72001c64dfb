#include "zone/zone_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "dns/types.h"
#include "zone/generate.h"
#include "zone/record_reader.h"
#include "zone/zone_lexer.h"

namespace signpost {

namespace {

using zone::RecordReader;
using zone::ZoneLexer;
using Words = std::span<const TextToken>;

constexpr std::array<std::string_view, 4> kDirectives = {"$ORIGIN", "$TTL", "$INCLUDE",
                                                         "$GENERATE"};

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = c >= 'a' && c <= 'z' ? char(c - ('a' - 'A')) : c;
  return result;
}

// What tells whether two paths name the same file. Never opened.
std::string identity(const std::filesystem::path& path) {
  std::error_code failed;
  const auto real = std::filesystem::weakly_canonical(path, failed);
  return failed ? path.lexically_normal().string() : real.string();
}

// A path for a message: in one line, and whole.
std::string shown_path(std::string_view path) {
  constexpr size_t kPart = 64;
  std::string shown;
  for (size_t at = 0; at < path.size(); at += kPart) shown += excerpt(path.substr(at, kPart));
  return shown;
}

// One walk over a file and the files it includes.
class ZoneFileWalk {
 public:
  ZoneFileWalk(NameView origin, const RecordSink& sink, Problems& problems,
               const ReadFile& read_file)
      : records_(origin), sink_(sink), problems_(problems), read_file_(read_file) {}

  // `from` is where a file that cannot be read is complained about.
  void walk(const std::string& path, Location from);
  bool clean() const { return errors_ == 0; }

 private:
  struct OpenFile {
    std::string path, identity;
  };

  void error(Location where, std::string message);
  void give_up(Location where, std::string message);
  void read_record(Words words, bool starts_blank, Location where);
  void read_directive(Words words, Location where);
  void set_origin(Words words, Location where);
  void set_ttl(Words words, Location where);
  void include(Words words, Location where);
  void generate(Words words, Location where);
  bool generate_one(Words words, uint32_t value, Location where);
  bool has_words(Words words, size_t least, size_t most, const char* form, Location where);

  RecordReader records_;
  const RecordSink& sink_;
  Problems& problems_;
  const ReadFile& read_file_;
  std::vector<OpenFile> open_files_;    // from the zone file to the one being read
  std::vector<std::string> generated_;  // memory of generate_one()
  unsigned errors_ = 0, files_ = 0;
  uint64_t generated_records_ = 0;
  bool ended_ = false;
};

void ZoneFileWalk::error(Location where, std::string message) {
  if (ended_) return;
  problems_.error(where, std::move(message));
  if (++errors_ < kMaxZoneErrors) return;
  ended_ = true;
  problems_.error(where, "reading stopped after " + std::to_string(kMaxZoneErrors) + " errors");
}

// What would go on without end is not followed further.
void ZoneFileWalk::give_up(Location where, std::string message) {
  error(where, std::move(message));
  ended_ = true;
}

void ZoneFileWalk::walk(const std::string& path, Location from) {
  if (++files_ > kMaxZoneFiles)
    return give_up(from, "$INCLUDE: more than " + std::to_string(kMaxZoneFiles) +
                             " files, counted as often as they are included; reading stopped");
  std::string why;
  auto text = read_file_(path, why);
  if (!text) return error(from, "cannot read zone file '" + shown_path(path) + "': " + why);
  open_files_.push_back({path, identity(path)});
  std::string_view file = keep_file_name(path);
  ZoneLexer lexer(*text);
  while (!ended_ && lexer.next()) {
    if (!lexer.fault().empty()) {
      error({file, lexer.fault_line()}, std::string(lexer.fault()));
      continue;
    }
    Location where{file, lexer.line()};
    Words words = lexer.words();
    if (words[0].text.starts_with('$') && !words[0].quoted) {
      read_directive(words, where);
    } else {
      read_record(words, lexer.starts_blank(), where);
    }
  }
  open_files_.pop_back();
}

void ZoneFileWalk::read_record(Words words, bool starts_blank, Location where) {
  std::string why;
  records_.record().where = where;
  const ZoneRecord* record = records_.read(words, starts_blank, why);
  if (record == nullptr) return error(where, std::move(why));
  sink_(*record);
}

void ZoneFileWalk::read_directive(Words words, Location where) {
  const std::string name = upper(words[0].text);
  words = words.subspan(1);
  if (name == "$ORIGIN") return set_origin(words, where);
  if (name == "$TTL") return set_ttl(words, where);
  if (name == "$INCLUDE") return include(words, where);
  if (name == "$GENERATE") return generate(words, where);
  error(where, "unknown directive '" + excerpt(name) + "'" + did_you_mean(name, kDirectives));
}

bool ZoneFileWalk::has_words(Words words, size_t least, size_t most, const char* form,
                             Location where) {
  if (words.size() >= least && words.size() <= most) return true;
  error(where, "expected: " + std::string(form));
  return false;
}

void ZoneFileWalk::set_origin(Words words, Location where) {
  if (!has_words(words, 1, 1, "$ORIGIN NAME", where)) return;
  std::string why;
  auto origin = Name::parse(words[0].text, records_.origin(), &why);
  if (!origin) return error(where, "$ORIGIN '" + excerpt(words[0].text) + "': " + why);
  records_.set_origin(*origin);
}

void ZoneFileWalk::set_ttl(Words words, Location where) {
  if (!has_words(words, 1, 1, "$TTL TIME", where)) return;
  auto ttl = parse_ttl(words[0].text);
  if (ttl) return records_.set_default_ttl(*ttl);
  error(where, "$TTL: found '" + excerpt(words[0].text) +
                   "', expected a time such as 3600 or 1h30m, at most 2147483647 seconds");
}

// RFC 1035, section 5.1: origin and owner of the including file hold again afterwards.
void ZoneFileWalk::include(Words words, Location where) {
  if (!has_words(words, 1, 2, "$INCLUDE FILE [ORIGIN]", where)) return;
  if (open_files_.size() >= kMaxIncludeDepth) {
    return error(where,
                 "$INCLUDE nested more than " + std::to_string(kMaxIncludeDepth) + " files deep");
  }
  const auto folder = std::filesystem::path(open_files_.back().path).parent_path();
  const std::string path = (folder / words[0].text).string();
  if (std::ranges::find(open_files_, identity(path), &OpenFile::identity) != open_files_.end()) {
    return error(where, "$INCLUDE: '" + shown_path(path) + "' includes itself");
  }
  RecordReader::Context context = records_.context();
  if (words.size() == 2) {
    std::string why;
    auto origin = Name::parse(words[1].text, records_.origin(), &why);
    if (!origin) return error(where, "$INCLUDE origin '" + excerpt(words[1].text) + "': " + why);
    records_.set_origin(*origin);
  }
  walk(path, where);
  records_.restore(context);
}

// As BIND has it, a record without owner behind the directive has the owner from before it.
void ZoneFileWalk::generate(Words words, Location where) {
  constexpr size_t kAny = SIZE_MAX;
  if (!has_words(words, 4, kAny, "$GENERATE RANGE OWNER [TTL] [CLASS] TYPE DATA", where)) return;
  std::string why;
  auto range = zone::parse_range(words[0].text, why);
  if (!range) return error(where, "$GENERATE: " + why);
  generated_records_ += (range->stop - range->start) / range->step + 1;
  if (generated_records_ > kMaxGeneratedInZone)
    return give_up(where, "$GENERATE: the zone would have more than " +
                              std::to_string(kMaxGeneratedInZone) +
                              " generated records; reading stopped");
  words = words.subspan(1);
  const RecordReader::Context context = records_.context();
  for (uint64_t value = range->start; value <= range->stop; value += range->step) {
    // One bad template is one error, not one per number.
    if (!generate_one(words, uint32_t(value), where)) break;
  }
  records_.restore(context);
}

// BIND, whose directive this is, takes data in quotes for the text of the data, which is how data
// of several words has to be written there: $GENERATE 1-2 @ MX "10 mail$".
bool ZoneFileWalk::generate_one(Words words, uint32_t value, Location where) {
  std::string why;
  if (generated_.size() < words.size()) generated_.resize(words.size());
  std::vector<TextToken> tokens;
  for (size_t i = 0; i < words.size(); ++i) {
    if (!zone::substitute(words[i].text, value, generated_[i], why)) {
      error(where, "$GENERATE: " + why);
      return false;
    }
    tokens.push_back({generated_[i], words[i].quoted});
  }
  ZoneLexer data(generated_[words.size() - 1]);
  if (words.back().quoted && parse_type(words[words.size() - 2].text)) {
    tokens.pop_back();
    if (data.next()) tokens.insert(tokens.end(), data.words().begin(), data.words().end());
    if (!data.fault().empty()) {
      error(where, "$GENERATE: " + std::string(data.fault()));
      return false;
    }
  }
  unsigned before = errors_;
  read_record(tokens, false, where);
  return errors_ == before;
}

}  // namespace

std::optional<std::string> read_file_from_disk(const std::string& path, std::string& why) {
  auto give_up = [&why](int fd, std::string reason) {
    if (fd >= 0) close(fd);
    why = std::move(reason);
    return std::nullopt;
  };
  auto fail = [&](int fd, int error) {
    return give_up(fd, std::generic_category().message(error));
  };
  // A FIFO without writer must not block the open.
  int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat status;
  if (fd < 0 || fstat(fd, &status) != 0) return fail(fd, errno);
  if (S_ISDIR(status.st_mode)) return fail(fd, EISDIR);
  if (!S_ISREG(status.st_mode)) return give_up(fd, "it is no regular file");
  std::string text(size_t(status.st_size) + 1, '\0');  // one more, to see the end without growing
  size_t have = 0;
  for (;;) {
    if (have == text.size()) text.resize(have + 4096);  // the file may be growing
    ssize_t got = read(fd, text.data() + have, text.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(fd, errno);
    if (got == 0) break;
    have += size_t(got);
  }
  close(fd);
  text.resize(have);
  return text;
}

bool read_zone_file(const std::string& path, NameView origin, const RecordSink& sink,
                    Problems& problems, const ReadFile& read_file) {
  ZoneFileWalk walk(origin, sink, problems, read_file);
  walk.walk(path, {keep_file_name(path), 0});
  return walk.clean();
}

}  // namespace signpost
