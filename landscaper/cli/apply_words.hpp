// How an apply is told: lines for people, and one JSON object per event. Pure.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "landscaper/cli/apply_report.hpp"

namespace landscaper::cli {

// "create    web  running   writes /srv/web"; names in a column of `width`, at least their own.
std::string line_of(const apply_event& event, std::size_t width);
// {"event":"resource","resource":..,"operation":..,"status":..,"sentence":..,"progress":{..}}; of a host
// "host", "phase" and "condition" in their places.
nlohmann::json json_of(const apply_event& event, const std::string& deployment);

// "3 created, 1 updated, 40 unchanged, 1 failed".
std::string line_of(const apply_summary& summary);
// What is wrong or waits, each with where to look next; the first of many.
std::vector<std::string> reasons_of(const apply_summary& summary);
// {"event":"summary","summary":{"created":3},"failed":[..],"waiting":[..],"problems":[..],"exit":1,
// "reason":"failed"}
nlohmann::json json_of(const apply_summary& summary, const std::string& deployment, int exit);

}  // namespace landscaper::cli
