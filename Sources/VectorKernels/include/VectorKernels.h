/* Kernels over SIMD registers. Each is written once (kernels.inc), compiled for several instruction sets, and the best that
   the processor has is chosen at the first call. No product and sum are contracted to one instruction, so that results
   are the same bits with every instruction set, and for any position in an array. */
#ifndef NIGHTJAR_VECTOR_KERNELS_H
#define NIGHTJAR_VECTOR_KERNELS_H

#include <stddef.h>

/* Functions of one number. The error is at most 2 ULP (of log near 1, too), of results below 1.2e-38 as absolute as
   there; NaN stays NaN. */
typedef enum nj_function { NJ_EXP, NJ_LOG, NJ_TANH, NJ_SIGMOID } nj_function;

/* y[i] = function(x[i]); x and y may be the same. */
void nj_map(nj_function function, const float *x, float *y, size_t count);

/* Rows of a recurrent layer's step. A stride is the distance between two rows. */
typedef struct nj_rows {
  float *values;
  ptrdiff_t stride;
} nj_rows;

/* One step of an LSTM, its gates in PyTorch's order i, f, g, o. `gates` (rows × 4 · width, contiguous) holds the state's
   product and becomes the gates; `input` (4 · width) is added to it after `bias`. `cell`, `cell_after`, which may be the
   same, and `tanh_cell` (of cell_after) are contiguous. */
void nj_lstm_step(nj_rows input, const float *bias, float *gates, const float *cell, float *cell_after,
                  float *tanh_cell, nj_rows output, ptrdiff_t rows, ptrdiff_t width);

/* The gradient of that step with respect to the input's part, `gradient` (4 · width), which is also that of the state's
   product. `upstream` is the gradient of the output, `state` (contiguous) what the next step adds to it, and `cell_state`
   (contiguous) the gradient of cell_after, which becomes that of cell. */
void nj_lstm_gradient(nj_rows upstream, const float *state, float *cell_state, const float *gates,
                      const float *cell, const float *tanh_cell, nj_rows gradient, ptrdiff_t rows,
                      ptrdiff_t width);

/* One step of a GRU, its gates in PyTorch's order r, z, n. `gates` (rows × 3 · width, contiguous) holds the state's product
   and becomes the gates; `recurrent` (contiguous) becomes that of n with its bias. */
void nj_gru_step(nj_rows input, const float *bias, float *gates, float *recurrent, nj_rows before, nj_rows output,
                 ptrdiff_t rows, ptrdiff_t width);

/* The gradient of that step with respect to the input's part, `gradient`, and to the state's product, `of_product` (both
   3 · width). `state` (contiguous), what the next step adds to the gradient of the output, becomes the direct part of
   that of the state before. */
void nj_gru_gradient(nj_rows upstream, float *state, const float *gates, const float *recurrent, nj_rows before,
                     nj_rows gradient, float *of_product, ptrdiff_t rows, ptrdiff_t width);

/* The instruction set in use: "AVX2" or "baseline". */
const char *nj_vector_level(void);

#endif
