// A folder that goes away with the test.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

struct test_folder {
    test_folder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "landscaper-engine-XXXXXX").string();
        name = ::mkdtemp(pattern.data());
    }
    ~test_folder() { std::filesystem::remove_all(name); }
    test_folder(const test_folder&) = delete;
    test_folder& operator=(const test_folder&) = delete;
    std::string operator/(const char* file) const { return name + "/" + file; }
    std::string name;
};
