/* The kernels of one instruction set; the signatures are those of VectorKernels.h. */
#ifndef NIGHTJAR_VECTOR_KERNEL_TABLE_H
#define NIGHTJAR_VECTOR_KERNEL_TABLE_H

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
  void (*softmax_rows)(const float *, float *, ptrdiff_t, ptrdiff_t, int);
  void (*softmax_columns)(const float *, float *, ptrdiff_t, ptrdiff_t, ptrdiff_t, int);
  void (*softmax_gradient)(const float *, const float *, float *, ptrdiff_t, ptrdiff_t, int);
  void (*attention_weights)(float *, float *, ptrdiff_t, ptrdiff_t, float, ptrdiff_t);
  void (*attention_gradient)(float *, float *, const float *, nj_rows, nj_rows, ptrdiff_t, ptrdiff_t, ptrdiff_t, float,
                             ptrdiff_t);
  void (*layer_norm)(const float *, const float *, const float *, float, float *, float *, ptrdiff_t, ptrdiff_t);
  void (*layer_norm_gradient)(const float *, const float *, const float *, const float *, float *, float *, ptrdiff_t,
                              ptrdiff_t);
  void (*running_sums)(const float *, float *, ptrdiff_t, ptrdiff_t, int);
  void (*running_column_sums)(const float *, float *, ptrdiff_t, ptrdiff_t, ptrdiff_t, int);
  void (*order_keys)(const float *, uint32_t *, ptrdiff_t, uint32_t);
  ptrdiff_t (*first_below)(const uint32_t *, ptrdiff_t, ptrdiff_t, uint32_t);
  void (*fourier_pass)(ptrdiff_t, ptrdiff_t, ptrdiff_t, const void *, const void *, ptrdiff_t, const void *, void *);
  void (*load_frames)(const float *, const ptrdiff_t *, const float *, ptrdiff_t, int, void *);
  void (*frame_power)(const void *, const void *, ptrdiff_t, ptrdiff_t, void *);
  void (*frame_logarithms)(void *, ptrdiff_t, float, float, float);
  void (*limit_frames)(void *, ptrdiff_t, float);
  void (*transform_frames)(const void *, ptrdiff_t, ptrdiff_t, const float *, ptrdiff_t, ptrdiff_t, float *, ptrdiff_t);
  void (*multiply_panels)(const float *, ptrdiff_t, int, const float *, ptrdiff_t, float *, ptrdiff_t, ptrdiff_t,
                          ptrdiff_t, int);
  void (*pack_panels)(const float *, ptrdiff_t, int, ptrdiff_t, ptrdiff_t, float *);
  void (*random_words)(const uint32_t *, uint64_t, uint64_t, uint32_t *, ptrdiff_t);
  int (*drop)(const uint16_t *, int32_t, float, const float *, float *, ptrdiff_t);
  void (*run_tile)(const nj_instruction *, ptrdiff_t, float *const *, ptrdiff_t);
  ptrdiff_t (*spike_indices)(const float *, ptrdiff_t, ptrdiff_t, int32_t *);
  void (*add_panel_rows)(const int32_t *, ptrdiff_t, const float *, float *, ptrdiff_t);
  void (*normalize_pool)(const float *, const float *, const float *, int, ptrdiff_t, ptrdiff_t, float *, ptrdiff_t,
                         ptrdiff_t);
  void (*depthwise)(nj_window, const float *, const float *, const float *, float *, ptrdiff_t, ptrdiff_t);
  void (*depthwise_taps)(nj_window, const float *, const float *, ptrdiff_t, ptrdiff_t, float *);
  void (*winograd_input)(const float *const *, float *const *, ptrdiff_t);
  void (*winograd_taps)(const float *const *, float *const *, ptrdiff_t);
  void (*winograd_output)(const float *const *, const float *, float *const *, ptrdiff_t);
  void (*winograd_upstream)(const float *const *, float *const *, ptrdiff_t);
  void (*winograd_weight)(const float *const *, float *const *, ptrdiff_t);
} nj_table;

extern const nj_table nj_baseline;
#ifdef __x86_64__
extern const nj_table nj_avx2;
extern const nj_table nj_avx512;
#endif

/* The kernels of instruction set `level`, from 0, of those that this processor has, the best last; NULL after it. */
const nj_table *nj_vector_table(int level);

#endif
