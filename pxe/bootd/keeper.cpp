#include "pxe/bootd/keeper.hpp"

#include <boost/asio/co_spawn.hpp>

#include "landscaper/async/file.hpp"

namespace pxe::bootd {

using landscaper::result;
using landscaper::task;

keeper::keeper(std::string folder, const served& now) : path_(std::move(folder) + "/local.json"), now_(now) {}

result<local_hosts> keeper::load() {
    auto text = landscaper::read_file(path_);
    if (!text && text.error().code() == boost::system::errc::no_such_file_or_directory) return local_hosts{};
    if (!text) return text.error();
    auto hosts = decode_local_hosts(*text);
    if (!hosts) return hosts.error().in(path_);
    kept_ = *hosts;
    is_known_ = true;
    return hosts;
}

static task<> write(std::string path, std::string text) {
    auto folder = path.substr(0, path.rfind('/'));
    CO_TRY_VOID(landscaper::make_folders(folder, 0700));
    auto written = landscaper::write_file_atomically(path, text, 0600);
    co_return written;
}

task<> keeper::keep() {
    auto version = now_.local_version();
    if (version == version_) co_return result<void>();
    auto wanted = now_.local();
    if (is_known_ && wanted == kept_) {
        version_ = version;
        co_return result<void>();
    }
    auto text = encode(wanted);
    auto writing = write(path_, std::move(text));
    auto written =
        co_await landscaper::asio::co_spawn(disk_, std::move(writing), landscaper::asio::use_awaitable);
    if (!written) co_return written.error();
    kept_ = std::move(wanted);
    is_known_ = true;
    version_ = version;
    co_return result<void>();
}

}  // namespace pxe::bootd
