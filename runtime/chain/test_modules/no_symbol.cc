// A module that describes another plugin than its file name says.
#include "signpost/plugin.h"

SIGNPOST_EXPORT(other, {.name = "other"})
