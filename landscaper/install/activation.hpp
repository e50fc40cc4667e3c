// How a host runs a new generation that it would not boot yet, and how that is made its default or taken
// back. Only for this folder.
//
// What a host knows of an activation, in one file that is changed under a lock and by a rename: it is armed,
// then either confirmed or taken back, never both. The file is in /run: a power cut forgets it.
//
//   state      runs      boots     profile   ends by
//   -          previous  previous  previous  activate: guard and `armed`, then switch-to-configuration test
//   armed      either    previous  previous  confirm, or the guard when the time is over
//   confirmed  new       either    either    switch-to-configuration boot, repeated until it is proven
//   back       previous  previous  previous  nothing: the next try begins anew under another name
//
// A power cut leads to what boots: the first line, or, once confirmed, perhaps the end. A script that dies is
// run again and finds its line. The profile and the loader are written after `confirmed` alone, so that no
// power cut boots what landscaper has not reached; both systems are roots for the collector meanwhile.
#pragma once

#include <string>

#include "landscaper/install/system.hpp"

namespace landscaper::install {

// All shell text for bash, and needs $toplevel, $profile and preamble().

// Sets `previous` to the system to come back to: the one that runs, unless that is itself unconfirmed.
std::string see_previous_text();

// Keeps $previous and $toplevel from the collector until make_default_text().
std::string keep_systems_text();

// Runs $toplevel and leaves what is booted as it is. Unless it is confirmed in time the host goes back to
// $previous by itself: the new one may have cut the network.
std::string run_guarded_text(const system_plan& plan);

// Decides for $toplevel if it is what runs and its guard has not come before; ends the script with the proof
// `back` if not: late, restarted, or the system that runs.
std::string decide_text(const system_plan& plan);

// Makes $toplevel the profile's generation and the loader's default. Safe to repeat.
std::string make_default_text(const system_plan& plan);

// Makes $previous the profile's generation again, if it is one.
std::string profile_back_text();

}  // namespace landscaper::install
