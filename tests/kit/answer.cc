#include "kit/answer.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "dns/types.h"
#include "kit/message.h"

namespace signpost::kit {

Answer read_answer(std::span<const uint8_t> reply) {
  Answer answer;
  answer.sent = true;
  answer.size = reply.size();
  try {
    const Message message = decode(reply);
    answer.rcode = rcode_text(message.rcode);
    answer.aa = message.aa();
    answer.tc = message.tc();
    answer.edns = message.edns;
    for (const Record& r : message.answer) answer.answers.push_back(r.text());
    for (const Record& r : message.authority) answer.authority.push_back(r.text());
    for (const Record& r : message.additional) answer.additional.push_back(r.text());
    for (const Option& o : message.options)
      answer.options.emplace(o.code, std::string(o.data.begin(), o.data.end()));
    if (message.subnet) {
      answer.scope = message.subnet->scope;
      Prefix prefix{{{}, uint8_t(message.subnet->family == 1 ? 4 : 6)}, message.subnet->source};
      std::copy_n(message.subnet->address.begin(),
                  std::min<size_t>(16, message.subnet->address.size()),
                  prefix.address.bytes.begin());
      answer.subnet = prefix.text();
    }
  } catch (const Malformed& e) {
    ADD_FAILURE() << "malformed reply: " << e.what();
    answer.rcode = "MALFORMED";
  }
  return answer;
}

std::string Answer::text() const {
  if (waiting) return "waiting";
  if (!sent) return "no reply";
  std::vector<std::string> lines = answers;
  std::sort(lines.begin(), lines.end());
  if (rcode != "NOERROR" || lines.empty()) lines.insert(lines.begin(), rcode);
  std::string text;
  for (const std::string& line : lines) text += (text.empty() ? "" : "\n") + line;
  return text;
}

}  // namespace signpost::kit
