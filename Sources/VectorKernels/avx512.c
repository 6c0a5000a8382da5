/* For processors with 512-bit registers. */
#ifdef __x86_64__
/* System headers come before the attribute, which would apply to their functions as well. */
#include <math.h>
#include <stdint.h>
#include <string.h>
#include "VectorKernelTable.h"
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma"))), apply_to = function)
#define WIDTH 16
#define TABLE nj_avx512
#define NAME "AVX-512"
#include "kernels.inc"
#pragma clang attribute pop
#endif
