/* The kernels of one instruction set; the signatures are those of VectorKernels.h. */
#ifndef NIGHTJAR_VECTOR_TABLE_H
#define NIGHTJAR_VECTOR_TABLE_H

#include "VectorKernels.h"

typedef struct nj_table {
  const char *name;
  void (*map)(nj_function, const float *, float *, size_t);
  void (*lstm_step)(nj_rows, const float *, float *, const float *, float *, float *, nj_rows, ptrdiff_t, ptrdiff_t);
  void (*lstm_gradient)(nj_rows, const float *, float *, const float *, const float *, const float *, nj_rows,
                        ptrdiff_t, ptrdiff_t);
  void (*gru_step)(nj_rows, const float *, float *, float *, nj_rows, nj_rows, ptrdiff_t, ptrdiff_t);
  void (*gru_gradient)(nj_rows, float *, const float *, const float *, nj_rows, nj_rows, float *, ptrdiff_t,
                       ptrdiff_t);
} nj_table;

extern const nj_table nj_baseline;
#ifdef __x86_64__
extern const nj_table nj_avx2;
#endif

#endif
