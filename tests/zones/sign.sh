#!/bin/sh
# Signs plain.zone anew with keys of its own, for fifty years: nsec.zone, nsec3.zone, optout.zone.
# Needs bind9-utils. Tests name neither keys nor signatures, so the result may replace what is here.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
cd "$work"
dnssec-keygen -q -a ECDSAP256SHA256 -f KSK example.com >/dev/null
dnssec-keygen -q -a ECDSAP256SHA256 example.com >/dev/null
cat "$here/plain.zone" K*.key >unsigned
sign() {
  out=$1
  shift
  dnssec-signzone -q -o example.com -O full -s 20260101000000 -e 20760101000000 -f signed "$@" unsigned
  grep -v '^;' signed | tr -s '\t' ' ' >"$here/$out"
}
sign nsec.zone >/dev/null
sign nsec3.zone -3 aabb -H 2 >/dev/null
sign optout.zone -3 - -H 0 -A >/dev/null
