// What went wrong, as a code for machines and a context for people; and result<T>, which carries it.
// Every foreign error enum converts, so that `co_return asio::error::timed_out;` works.
#pragma once

#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>
#include <string>
#include <string_view>
#include <type_traits>

namespace landscaper {

using boost::system::error_code;

class error {
  public:
    error() = default;
    error(error_code code) : code_(code) {}
    error(error_code code, std::string context) : code_(code), context_(std::move(context)) {}
    template <class Enum>
        requires boost::system::is_error_code_enum<Enum>::value
    error(Enum code, std::string context = {}) : code_(make_error_code(code)), context_(std::move(context)) {}

    error_code code() const { return code_; }
    const std::string& context() const { return context_; }
    // "context: what the code says", for people.
    std::string message() const;
    // The same error with `where` in front of its context: "host px01: waiting for SSH: timed out".
    error in(std::string_view where) const;

    friend bool operator==(const error&, const error&) = default;
    template <class Stream>
    friend Stream& operator<<(Stream& out, const error& e) {
        out << e.message();
        return out;
    }

  private:
    error_code code_;
    std::string context_;
};

[[noreturn]] void throw_exception_from_error(const error& e, const boost::source_location& where);

template <class T>
using result = boost::system::result<T, error>;

// The last errno, with what was tried.
error errno_error(std::string context);

// The category behind LANDSCAPER_ERROR_ENUM: messages come from `describe(Enum)` beside the enum.
template <class Enum>
class enum_category final : public boost::system::error_category {
  public:
    explicit enum_category(const char* name) : name_(name) {}
    const char* name() const noexcept override { return name_; }
    std::string message(int value) const override { return describe(static_cast<Enum>(value)); }

  private:
    const char* name_;
};

}  // namespace landscaper

// Makes a module's enum (declared in NAMESPACE with `const char* describe(ENUM)`) an error code. Use at
// global scope.
#define LANDSCAPER_ERROR_ENUM(NAMESPACE, ENUM, NAME)                               \
    template <>                                                                    \
    struct boost::system::is_error_code_enum<NAMESPACE::ENUM> : std::true_type {}; \
    namespace NAMESPACE {                                                          \
    inline boost::system::error_code make_error_code(ENUM value) {                 \
        static const ::landscaper::enum_category<ENUM> category{NAME};             \
        return {static_cast<int>(value), category};                                \
    }                                                                              \
    }

#define LANDSCAPER_JOIN_(A, B) A##B
#define LANDSCAPER_JOIN(A, B) LANDSCAPER_JOIN_(A, B)

// TRY(auto x, f()); declares x from a result, or returns its error. TRY_VOID(f()); only the error.
#define TRY(DECLARATION, ...) LANDSCAPER_TRY_(LANDSCAPER_JOIN(try_, __COUNTER__), DECLARATION, __VA_ARGS__)
#define LANDSCAPER_TRY_(NAME, DECLARATION, ...) \
    auto NAME = __VA_ARGS__;                    \
    if (!NAME) return NAME.error();             \
    DECLARATION = std::move(*NAME)
#define TRY_VOID(...) LANDSCAPER_TRY_VOID_(LANDSCAPER_JOIN(try_, __COUNTER__), __VA_ARGS__)
#define LANDSCAPER_TRY_VOID_(NAME, ...) \
    auto NAME = __VA_ARGS__;            \
    if (!NAME) return NAME.error()
