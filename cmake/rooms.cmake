# One library a room, with its sources by name.
add_library(liushui_options INTERFACE)
target_include_directories(liushui_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(liushui_options INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Werror -fno-omit-frame-pointer)
target_link_options(liushui_options INTERFACE -fuse-ld=lld)
if(LIUSHUI_SANITIZE)
  target_compile_options(liushui_options INTERFACE -fsanitize=${LIUSHUI_SANITIZE} -fno-sanitize-recover=undefined)
  target_link_options(liushui_options INTERFACE -fsanitize=${LIUSHUI_SANITIZE})
endif()

# liushui_room(schemas SOURCES … LIBRARIES … [HEAVY headers that all of its sources include, compiled once])
function(liushui_room name)
  cmake_parse_arguments(room "" "" "SOURCES;LIBRARIES;HEAVY" ${ARGN})
  add_library(liushui_${name} STATIC ${room_SOURCES})
  target_link_libraries(liushui_${name} PUBLIC liushui_options ${room_LIBRARIES})
  if(room_HEAVY)
    target_precompile_headers(liushui_${name} PRIVATE ${room_HEAVY})
    target_compile_options(liushui_${name} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")  # for ccache
  endif()
endfunction()

function(liushui_discover name label filter)
  gtest_discover_tests(test_${name} DISCOVERY_MODE PRE_TEST TEST_FILTER "${filter}"
    PROPERTIES TIMEOUT 600 LABELS ${label} FIXTURES_REQUIRED codes
    ENVIRONMENT "LIUSHUI_CODES_DIR=${CMAKE_BINARY_DIR}/codes;LIUSHUI_BINARY=${CMAKE_BINARY_DIR}/liushui")
endfunction()

# liushui_test(eventstore SOURCES … LIBRARIES … [LABEL full] [FULL Seeded/*])
# Label short: fast, no processes of its own; full: the rest. FULL names the tests that are full among short ones.
function(liushui_test name)
  cmake_parse_arguments(test "" "LABEL;FULL" "SOURCES;LIBRARIES" ${ARGN})
  if(NOT test_LABEL)
    set(test_LABEL short)
  endif()
  add_executable(test_${name} ${test_SOURCES})
  target_link_libraries(test_${name} PRIVATE ${test_LIBRARIES} liushui_test_support GTest::gtest_main GTest::gmock rapidcheck_gtest)
  target_compile_definitions(test_${name} PRIVATE LIUSHUI_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  liushui_discover(${name} ${test_LABEL} "-${test_FULL}")
  if(test_FULL)
    liushui_discover(${name} full "${test_FULL}")
  endif()
endfunction()
