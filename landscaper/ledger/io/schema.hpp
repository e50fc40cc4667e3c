// The ledger's tables. user_version is the schema's version; a newer one is refused, never rewritten.
#pragma once

namespace landscaper::ledger {

inline constexpr int schema_version = 2;

inline constexpr const char* schema = R"(
create table rack(id blob not null);
create table hosts(
    id blob primary key, name text not null, driver text not null, path text not null, managed integer not null,
    held integer not null, attempt integer not null, nonce blob not null, attempt_started integer not null,
    address text not null, esp text not null,
    temporary text not null, pending text not null, permanent text not null,
    rescue integer not null default 0) without rowid;
create table macs(mac text primary key, host blob not null, position integer not null) without rowid;
create table payloads(
    host blob not null, number integer not null, attempt integer not null, token text not null,
    public_key text not null, made integer not null, withdrawn integer not null,
    primary key(host, number)) without rowid;
create table steps(
    host blob not null, attempt integer not null, resource text not null, name text not null,
    position integer not null, intent integer not null, proof integer not null, proof_text text not null,
    primary key(host, attempt, resource, name)) without rowid;
create table markers(
    host blob not null, disk text not null, finished integer not null, nonce blob not null,
    written integer not null, primary key(host, disk)) without rowid;
create table generations(
    host blob not null, number integer not null, toplevel text not null, proven integer not null,
    primary key(host, number)) without rowid;
create table audit(at integer not null, who text not null, what text not null);
)";

// From version 1, whose hosts knew no rescue.
inline constexpr const char* from_version_1 =
    "alter table hosts add column rescue integer not null default 0";

}  // namespace landscaper::ledger
