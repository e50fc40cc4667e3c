// What the exec types have in common, wherever their program runs: `once`, and standard output as the output.
#pragma once

#include <string>

#include "landscaper/provider/provider.hpp"

namespace landscaper::provider {

// Runs at creation and at an update, with `once` at creation only; then an update answers what is recorded.
// `once` that is no boolean is bad_input, and needs_state when nothing is recorded for the resource. Whatever
// the program did is its own: there is nothing to destroy.
class exec_type : public resource_type {
  public:
    // `what` is run: "program", for people.
    exec_type(std::string dotted_name, std::string what)
        : name_(std::move(dotted_name)), what_(std::move(what)) {}

    task<engine::value> create(request r) override;
    task<engine::value> update(request r) override;
    task<> destroy(request r) override;
    std::vector<operation_info> operations() const override;
    task<operation_outcome> operate(request r, std::string name, engine::value arguments) override;

  protected:
    // Before anything else, also where nothing is run.
    virtual result<void> check(const engine::value& inputs) const = 0;
    virtual task<engine::value> run(request r) = 0;

  private:
    result<void> check_request(const request& r) const;

    std::string name_, what_;
};

// {stdout}; `failed` when it is not UTF-8, which JSON cannot hold. `program` is for the message.
result<engine::value> printed_outputs(const std::string& program, std::string printed);

}  // namespace landscaper::provider
