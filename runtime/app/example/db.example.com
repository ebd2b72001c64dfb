; The zone that Corefile.example serves: plain records, in the standard format (RFC 1035, section 5).
; What is steered stands in Corefile.example.
$TTL 1h
@       IN SOA   ns1 hostmaster (
                 2026010101  ; serial
                 2h          ; refresh
                 15m         ; retry
                 14d         ; expire
                 5m )        ; for how long "there is no such name" may be kept
        IN NS    ns1
        IN MX    10 mail
        IN TXT   "v=spf1 mx -all"
ns1     IN A     127.0.0.1
        IN AAAA  ::1
mail    IN A     192.0.2.25
        IN AAAA  2001:db8::25
docs    IN CNAME www
*.test  IN A     192.0.2.99
