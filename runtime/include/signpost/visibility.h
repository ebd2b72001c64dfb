// What plugins may call is visible outside the server; everything else of it is not. Macro only,
// good in C++17 as well.
#pragma once

#define SIGNPOST_API [[gnu::visibility("default")]]
