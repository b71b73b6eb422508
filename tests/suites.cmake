# Read by ctest when it starts: makes a test of each suite of ${program}, a GoogleTest program. (A process for each of
# the suite's tests would take longer to start than most tests to run.)
execute_process(COMMAND ${program} --gtest_list_tests OUTPUT_VARIABLE listed RESULT_VARIABLE failed ERROR_QUIET)
if(failed)
  add_test(${name}_NOT_BUILT ${program})
  return()
endif()
string(REGEX MATCHALL "\n[A-Za-z0-9_/]+\\." suites "\n${listed}")
foreach(suite IN LISTS suites)
  string(REGEX REPLACE "\n(.*)\\." "\\1" suite "${suite}")
  add_test(${name}.${suite} ${program} --gtest_filter=${suite}.* --gtest_brief=1)
  set_tests_properties(${name}.${suite} PROPERTIES TIMEOUT ${timeout} LABELS "${labels}"
    SKIP_REGULAR_EXPRESSION "\\[  SKIPPED \\]")
endforeach()
