# Compiler flags shared by every target, and the faster tools where they are installed.

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()
find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM)
  add_link_options(-fuse-ld=mold)
endif()

# -ffp-contract=off: a fused multiply-add happens only where the source says so,
# which is what makes model output the same on every machine (docs/determinism.md).
add_compile_options(-Wall -Wextra -Wno-unused-parameter -Wno-missing-field-initializers
                    -ffp-contract=off -fno-math-errno)
if(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
  add_compile_options(-g1)
endif()
if(FRONTDESK_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "FRONTDESK_FUZZ needs clang; use the preset fuzz")
  endif()
  # -O1: a whole server builds in half the time and reports read better.
  add_compile_options(-O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=address,undefined)
endif()
if(FRONTDESK_SANITIZE)
  add_compile_options(-fsanitize=${FRONTDESK_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${FRONTDESK_SANITIZE})
endif()
