#include "landscaper/engine/io/repairs.hpp"

#include <nlohmann/json.hpp>

#include "landscaper/async/file.hpp"
#include "landscaper/base/json_fields.hpp"
#include "landscaper/base/json_in.hpp"

namespace landscaper::engine {

using std::chrono::milliseconds;

result<repair_times> read_repairs(const std::string& file) {
    repair_times out;
    auto text = read_file(file);
    if (!text && text.error().code() == boost::system::errc::no_such_file_or_directory) return out;
    if (!text) return text.error();
    TRY(auto json, json_in(*text));
    json_fields fields(json, file);
    const auto* all = fields.find("repairs");
    if (!all || !all->is_array()) fields.fail("repairs", "is no list");
    if (fields.failed()) return fields.failure();
    for (const auto& one : *all) {
        json_fields of(one, file);
        auto at = path(of.texts("path"));
        const auto* when = of.find("unix_ms");
        if (!when || !when->is_number_integer()) of.fail("unix_ms", "is no number");
        if (of.failed()) return of.failure();
        out[std::move(at)] = wall_time(milliseconds(when->get<std::int64_t>()));
    }
    return out;
}

result<void> write_repairs(const std::string& file, const repair_times& all) {
    auto list = nlohmann::json::array();
    for (const auto& [at, when] : all) {
        auto since = std::chrono::duration_cast<milliseconds>(when.time_since_epoch());
        list.push_back({{"path", at.names()}, {"unix_ms", since.count()}});
    }
    return write_file_atomically(file, json_text({{"repairs", std::move(list)}}) + "\n", 0600);
}

}  // namespace landscaper::engine
