// A plugin module built from other headers than the server.
#include "signpost/plugin.h"

SIGNPOST_EXPORT(wrong_api, {.api = "an older tree", .name = "wrong_api"})
