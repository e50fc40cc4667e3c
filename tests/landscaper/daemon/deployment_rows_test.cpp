#include "landscaper/daemon/deployment_rows.hpp"

#include <doctest/doctest.h>

using namespace landscaper;
using namespace landscaper::daemon;

static engine::resource_view view(engine::resource_status status, engine::operation op) {
    engine::resource_view out;
    out.at = engine::path{"web"};
    out.provider = "local";
    out.type = "file";
    out.status = status;
    out.op = op;
    return out;
}

TEST_CASE("a member is shown with the plan's word for what is done to it, and its progress while it runs") {
    auto web = view(engine::resource_status::running, engine::operation::create);
    web.progress = {engine::progress_kind::working, "copies", 5, 10, "paths"};
    auto shown = view_of_resource(web);
    CHECK(shown.path == "web");
    CHECK(shown.type == "local.file");
    CHECK(shown.operation == "create");
    CHECK(shown.note == "copies");
    CHECK(shown.progress == control::progress_view{"paths", 5, 10, 0, -1});
    web.replaces = true;
    CHECK(view_of_resource(web).operation == "replace");
    web.sentence = "is being recorded";
    CHECK(view_of_resource(web).note == "is being recorded");
}

TEST_CASE("a member that rests has nothing under way, and says what was done to it last") {
    auto web = view(engine::resource_status::done, engine::operation::create);
    web.progress = {engine::progress_kind::working, "copies", 5, 10, "paths"};
    web.last = {7, engine::operation::create, true};
    auto shown = view_of_resource(web);
    CHECK(shown.operation.empty());
    CHECK(shown.note.empty());
    CHECK(shown.progress.unit.empty());
    CHECK(shown.change == 7);
    CHECK(shown.changed_by == "replace");
    web.last.op = engine::operation::read;
    CHECK(view_of_resource(web).changed_by == "import");
}
