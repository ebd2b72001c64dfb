// {args[N]} in the words of a snippet (spec/corefile.md, D20). Pure functions, any thread.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "corefile/lexer.h"

namespace signpost::corefile {

// One more than the highest N in any {args[N]} of `body`; 0 if there is none. N has up to two
// digits.
size_t arguments_used(const std::vector<Word>& body);

// `body` with each {args[N]} replaced by the text of given[N], which is not searched again. Stops,
// with what is done so far, when the result is longer than `most` bytes in all.
std::vector<Word> fill_in(const std::vector<Word>& body, const std::vector<Word>& given,
                          size_t most);

}  // namespace signpost::corefile
