"""Writes signpost/abi.h: the sum of the plugin API's headers and the compiler that reads them."""

import hashlib
import sys

output, version, compiler, *headers = sys.argv[1:]
total = hashlib.sha256(compiler.encode())
for header in sorted(headers):
    with open(header, "rb") as file:
        total.update(hashlib.sha256(file.read()).digest())
with open(output, "w", encoding="ascii") as file:
    file.write(
        "#pragma once\n"
        f'#define SIGNPOST_API_HASH "{total.hexdigest()[:16]} {compiler}"\n'
        f'#define SIGNPOST_VERSION "{version}"\n'
    )
