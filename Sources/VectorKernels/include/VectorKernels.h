/* Kernels over SIMD registers. Each is written once (kernels.inc), compiled for several instruction sets, and the best that
   the processor has is chosen at the first call. No product and sum are contracted to one instruction, so that results
   are the same bits with every instruction set, and for any position in an array. */
#ifndef NIGHTJAR_VECTOR_KERNELS_H
#define NIGHTJAR_VECTOR_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/* Functions of one number. The error is at most 2 ULP (of log near 1, too), of results below 1.2e-38 as absolute as
   there; NaN stays NaN. GELU is x·Φ(x), with the error of Φ(x) as absolute as that of 1, and its slope is the derivative. */
typedef enum nj_function { NJ_EXP, NJ_LOG, NJ_TANH, NJ_SIGMOID, NJ_ERF, NJ_GELU, NJ_GELU_SLOPE } nj_function;

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

/* Softmax, or its logarithm, of every contiguous row: the sum adds 16 lanes, blocks of which are added in double. */
void nj_softmax_rows(const float *x, float *y, ptrdiff_t rows, ptrdiff_t length, int is_logarithm);

/* The same of columns: rows are `stride` apart, and the sums are in double. */
void nj_softmax_columns(const float *x, float *y, ptrdiff_t length, ptrdiff_t stride, ptrdiff_t columns,
                        int is_logarithm);

/* The gradient of nj_softmax_rows from its result y. */
void nj_softmax_gradient(const float *y, const float *upstream, float *gradient, ptrdiff_t rows, ptrdiff_t length,
                         int is_logarithm);

/* Weights of attention without their sum: in place of every contiguous row of scores s, e^(s · scale − m), where m is the
   largest s · scale. `statistics` (rows × 2) gets m and 1 / Σ e^(s · scale − m), 0 for a row of no scores. With `visible`
   not negative, row i has weights for its first `visible` + i scores only, the others are 0. */
void nj_attention_weights(float *scores, float *statistics, ptrdiff_t rows, ptrdiff_t length, float scale,
                          ptrdiff_t visible);

/* The gradient of that: the scores become the weights, whose sum is 1, and `of_weights`, the gradient with respect to
   them, that of the scores. `output` (rows × columns) is what attention returned and `upstream` its gradient. */
void nj_attention_gradient(float *scores, float *of_weights, const float *statistics, nj_rows output, nj_rows upstream,
                           ptrdiff_t columns, ptrdiff_t rows, ptrdiff_t length, float scale, ptrdiff_t visible);

/* Layer normalization of every row. `statistics` (rows × 2) gets the mean and 1 / √(variance + epsilon). */
void nj_layer_norm(const float *x, const float *weight, const float *bias, float epsilon, float *y, float *statistics,
                   ptrdiff_t rows, ptrdiff_t width);

/* The gradient of that with respect to x, unless `gradient` is null, and in `sums` (2 × width) the rows' sums of the
   gradients of the weight and the bias. */
void nj_layer_norm_gradient(const float *x, const float *weight, const float *statistics, const float *upstream,
                            float *gradient, float *sums, ptrdiff_t rows, ptrdiff_t width);

/* Running sums in double of every row, or of columns whose rows are `stride` apart; from the end when reversed. */
void nj_running_sums(const float *x, float *y, ptrdiff_t rows, ptrdiff_t length, int is_reversed);
void nj_running_column_sums(const float *x, float *y, ptrdiff_t length, ptrdiff_t stride, ptrdiff_t columns,
                            int is_reversed);

/* Integers that are ordered as the numbers are: −0 as 0, NaN the largest. All bits of `flip` invert the order. */
void nj_order_keys(const float *x, uint32_t *keys, ptrdiff_t count, uint32_t flip);

/* The index of the first key below `limit`, from `start` on; `count` without one. */
ptrdiff_t nj_first_below(const uint32_t *keys, ptrdiff_t start, ptrdiff_t count, uint32_t limit);

/* The columns of a panel of a right matrix: (panel, inner, column of the panel), with zeros after the last column. */
#define NJ_PANEL_COLUMNS 32

/* The panels of a matrix (inner × columns), whose rows are `stride` apart; its columns are when it is transposed. */
void nj_pack_panels(const float *right, ptrdiff_t stride, int is_transposed, ptrdiff_t inner, ptrdiff_t columns,
                    float *panels);

/* result (rows × columns) = left (rows × inner) · right, whose panels are given; added to the result if `adds`. The rows
   of left are `left_stride` apart; its columns are when it is transposed. */
void nj_multiply_panels(const float *left, ptrdiff_t left_stride, int is_transposed, const float *panels,
                        ptrdiff_t inner, float *result, ptrdiff_t result_stride, ptrdiff_t rows, ptrdiff_t columns,
                        int adds);

/* The four words of `count` blocks of Philox 4×32 with ten rounds and a key of two words, from counter `first` of a stream
   on, as four rows of `count` words. */
void nj_random_words(const uint32_t *key, uint64_t first, uint64_t stream, uint32_t *rows, ptrdiff_t count);

/* y = x · scale where an element's random bits are `limit` or more, else x · 0. Returns whether the bits of an element
   equal the limit. */
int nj_drop(const uint16_t *bits, int32_t limit, float scale, const float *x, float *y, ptrdiff_t count);

/* Operations of elementwise programs on numbers a, b, c with constants p and q. */
typedef enum nj_tile_operation {
  NJ_TILE_ADD, NJ_TILE_SUBTRACT, NJ_TILE_MULTIPLY, NJ_TILE_DIVIDE, NJ_TILE_MAXIMUM, NJ_TILE_MINIMUM,
  /* a · p; a · p + q; a / p; p / a */
  NJ_TILE_SCALE, NJ_TILE_AFFINE, NJ_TILE_DIVIDE_BY, NJ_TILE_DIVIDE_INTO,
  NJ_TILE_NEGATE, NJ_TILE_ABSOLUTE, NJ_TILE_EXP, NJ_TILE_LOG, NJ_TILE_TANH, NJ_TILE_SIGMOID, NJ_TILE_SQUARE,
  NJ_TILE_SQUARE_ROOT, NJ_TILE_RECIPROCAL_ROOT, NJ_TILE_RECIPROCAL, NJ_TILE_RELU,
  /* p is the negative slope; the limits; 1 above 0, else 0 */
  NJ_TILE_LEAKY_RELU, NJ_TILE_CLAMP, NJ_TILE_STEP,
  /* Gradients: a is that of the result, b and c are the operands, or the operand and the result. */
  NJ_TILE_PRODUCT_WITH_SECOND, NJ_TILE_PRODUCT_WITH_THIRD, NJ_TILE_DIVIDE_FIRST, NJ_TILE_DIVIDE_SECOND,
  NJ_TILE_MAXIMUM_FIRST, NJ_TILE_MAXIMUM_SECOND, NJ_TILE_MINIMUM_FIRST, NJ_TILE_MINIMUM_SECOND,
  NJ_TILE_DIVIDE_INTO_GRADIENT, NJ_TILE_ABSOLUTE_GRADIENT, NJ_TILE_LOG_GRADIENT, NJ_TILE_TANH_GRADIENT,
  NJ_TILE_SIGMOID_GRADIENT, NJ_TILE_SQUARE_GRADIENT, NJ_TILE_SQUARE_ROOT_GRADIENT, NJ_TILE_RECIPROCAL_ROOT_GRADIENT,
  NJ_TILE_RECIPROCAL_GRADIENT, NJ_TILE_RELU_GRADIENT, NJ_TILE_LEAKY_RELU_GRADIENT, NJ_TILE_CLAMP_GRADIENT,
  /* p is half the width; α, and q is π/2 · α; the steepness; the height. */
  NJ_TILE_BOXCAR_GRADIENT, NJ_TILE_ARCTAN_GRADIENT, NJ_TILE_FAST_SIGMOID_GRADIENT, NJ_TILE_TRIANGLE_GRADIENT,
} nj_tile_operation;

/* One instruction: the result goes to slot `target`, the operands come from slots a, b and c. */
typedef struct nj_instruction {
  nj_tile_operation operation;
  int32_t target, a, b, c;
  float p, q;
} nj_instruction;

/* Runs a program on `count` elements of every slot, instruction by instruction: short enough to stay in the cache.
   Each element has the bits that the operations have one by one. */
void nj_run_tile(const nj_instruction *code, ptrdiff_t instructions, float *const *slots, ptrdiff_t count);

/* The columns of a panel of weights: a row of it is contiguous. */
#define NJ_PANEL 128
/* By how much `indices` of nj_spike_indices is longer than its limit. */
#define NJ_SPIKE_MARGIN 64

/* The indices of the ones in a row of zeros and ones: their number, or -1 when it exceeds `limit` or another number is in
   the row. */
ptrdiff_t nj_spike_indices(const float *x, ptrdiff_t count, ptrdiff_t limit, int32_t *indices);

/* The sums of the rows of a panel (… × NJ_PANEL) at `indices`, in their order: `columns` sums, at most NJ_PANEL. */
void nj_add_panel_rows(const int32_t *indices, ptrdiff_t count, const float *panel, float *y, ptrdiff_t columns);

/* Row by row of y, the maximum of `window` rows of x from row · stride on, after x · scale + shift of every column, unless
   `scale` is null, and the maximum with 0 where `is_rectified`. A NaN stays NaN. */
void nj_normalize_pool(const float *x, const float *scale, const float *shift, int is_rectified, ptrdiff_t window,
                       ptrdiff_t stride, float *y, ptrdiff_t rows, ptrdiff_t width);

/* A convolution of each channel alone: tap k of output step t reads row t · stride − padding + k · dilation of the input,
   if it is one of its `rows`. */
typedef struct nj_window {
  ptrdiff_t rows, kernel, stride, padding, dilation, channels;
} nj_window;

/* `steps` steps of the output, from step `first` on, to y. x is one sample, (rows × channels), and taps are
   (kernel × channels); bias may be null. */
void nj_depthwise(nj_window window, const float *x, const float *taps, const float *bias, float *y, ptrdiff_t first,
                  ptrdiff_t steps);

/* Adds the products of these steps of the output's gradient, (all steps × channels), to the sums of the taps'. */
void nj_depthwise_taps(nj_window window, const float *x, const float *upstream, ptrdiff_t first, ptrdiff_t steps,
                       float *sums);

/* Convolutions by Winograd's minimal filtering: four outputs of three taps, or three sums over four outputs, cost six
   multiplications. x and y point to rows of `count` numbers.

   Six steps of the input, to six rows. */
void nj_winograd_input(const float *const *x, float *const *y, ptrdiff_t count);
/* Three taps of the weight, to six rows. */
void nj_winograd_taps(const float *const *x, float *const *y, ptrdiff_t count);
/* Six rows of products of those, to four steps of the output; bias may be null. */
void nj_winograd_output(const float *const *x, const float *bias, float *const *y, ptrdiff_t count);
/* Four steps of the output's gradient, to six rows. */
void nj_winograd_upstream(const float *const *x, float *const *y, ptrdiff_t count);
/* Six rows of products of those with the input's, to the gradients of three taps. */
void nj_winograd_weight(const float *const *x, float *const *y, ptrdiff_t count);

/* One pass of the Fourier transform of `lanes` signals at once, 4 or a multiple of 16. A number is its real part in all
   signals, then its imaginary part. Butterfly (k, q), for k below `span` and q below `stride`, reads the numbers
   q + stride · (k + span · j) of x and writes q + stride · (radix · k + j) of y, for j below `radix`: 2, 4 or odd.
   `twiddles` has exp(−2πi·k·j/(radix·span)) at k · (radix − 1) + j − 1, for j from 1; `roots` has exp(−2πi·j/radix) at j,
   which radices from 5 on read. */
void nj_fourier_pass(ptrdiff_t radix, ptrdiff_t span, ptrdiff_t stride, const void *twiddles, const void *roots,
                     ptrdiff_t lanes, const void *x, void *y);

/* The frames of sound that are worked on together, one a lane. */
#define NJ_FRAMES 16

/* `count` samples of x from each of NJ_FRAMES starts on, times the window: sample by sample, and with an imaginary part of
   0 after each if `is_complex`. */
void nj_load_frames(const float *x, const ptrdiff_t *starts, const float *window, ptrdiff_t count, int is_complex,
                    void *frames);

/* The squared magnitudes of the first `wanted` frequencies of complex spectra. With twiddles, exp(−2πi·k/(2·half)) at k,
   the spectra are of `half` numbers, the even samples and the odd ones, which are taken apart first, and doubled. */
void nj_frame_power(const void *spectra, const void *twiddles, ptrdiff_t half, ptrdiff_t wanted, void *power);

/* x = ln(max(x, least) + offset) · scale of `count` numbers in every frame. */
void nj_frame_logarithms(void *levels, ptrdiff_t count, float least, float offset, float scale);

/* Raises what is more than `range` below the largest number to that. */
void nj_limit_frames(void *levels, ptrdiff_t count, float range);

/* Row by row of the first `frames` frames, `outputs` numbers from `inputs` values from value `offset` on and a matrix
   (inputs × outputs), written from result[start] on. */
void nj_transform_frames(const void *values, ptrdiff_t offset, ptrdiff_t inputs, const float *matrix, ptrdiff_t outputs,
                         ptrdiff_t frames, float *result, ptrdiff_t start);

/* The instruction set in use: "AVX-512", "AVX2" or "baseline". */
const char *nj_vector_level(void);

#include "VectorKernelTable.h"

#endif
