# SPDX-License-Identifier: Apache-2.0
# A file whose name ends in an instruction set is compiled for it; callers check base/cpu.h before they enter it.
# No sanitizer looks into these files: checks in unrolled loops of vectors take minutes to compile. The same loops are
# looked into where they are compiled for any processor (loops_portable.cpp), and tests/support/kernel_runner.cpp gives
# all kernels memory that ends at a page which nobody may touch.
function(rheo_set_isa_flags)
  foreach(source ${ARGN})
    if(source MATCHES "_avx2\\.cpp$")
      set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS "-mavx2;-mfma;-mf16c")
    elseif(source MATCHES "_avx512\\.cpp$")
      set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS "-march=x86-64-v4")
    elseif(source MATCHES "_vnni\\.cpp$")
      set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS "-march=x86-64-v4;-mavx512vnni")
    elseif(source MATCHES "_bf16\\.cpp$" AND source MATCHES "/kernels/cpu/")
      set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS "-march=x86-64-v4;-mavx512vnni;-mavx512bf16")
    else()
      continue()
    endif()
    if(RHEO_SANITIZE)
      set_property(SOURCE ${source} APPEND PROPERTY COMPILE_OPTIONS "-fno-sanitize=all")
    endif()
  endforeach()
endfunction()
