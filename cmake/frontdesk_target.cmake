# frontdesk_library(NAME SOURCES … LINKS …): the library of one folder.
# Sources are listed, not globbed, so that a stray file never builds unnoticed.
function(frontdesk_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  add_library(frontdesk_${name} STATIC ${ARG_SOURCES})
  target_include_directories(frontdesk_${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(frontdesk_${name} PUBLIC ${ARG_LINKS})
endfunction()

# frontdesk_test(NAME SOURCES … LINKS … [LABELS …] [ARGS …]): one GoogleTest binary, one ctest entry.
function(frontdesk_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LINKS;LABELS;ARGS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${ARG_LINKS} GTest::gtest GTest::gmock GTest::gtest_main)
  # Relative, as tests run in the source folder: ccache then serves every checkout with the same objects.
  file(RELATIVE_PATH binary_dir ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})
  target_compile_definitions(${name} PRIVATE FRONTDESK_SOURCE_DIR="." FRONTDESK_BINARY_DIR="${binary_dir}")
  add_test(NAME ${name} COMMAND ${name} ${ARG_ARGS} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}")
endfunction()
