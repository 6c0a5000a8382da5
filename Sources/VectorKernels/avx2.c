/* For processors with 256-bit registers. */
#ifdef __x86_64__
/* System headers come before the attribute, which would apply to their functions as well. */
#include <math.h>
#include <stdint.h>
#include <string.h>
#include "VectorKernelTable.h"
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define WIDTH 8
#define TABLE nj_avx2
#define NAME "AVX2"
#include "kernels.inc"
#pragma clang attribute pop
#endif
