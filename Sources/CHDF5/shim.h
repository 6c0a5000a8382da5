#include <hdf5.h>

/* HDF5 names its types by macros that run code, which Swift cannot see. Here: the ones Networks writes. */
static inline hid_t nj_h5_float32(void) { return H5T_IEEE_F32LE; }
static inline hid_t nj_h5_float64(void) { return H5T_IEEE_F64LE; }
static inline hid_t nj_h5_int64(void) { return H5T_STD_I64LE; }
static inline hid_t nj_h5_text(void) { return H5T_C_S1; }
static inline hid_t nj_h5_file_access(void) { return H5P_FILE_ACCESS; }
static inline hid_t nj_h5_dataset_creation(void) { return H5P_DATASET_CREATE; }
static inline size_t nj_h5_any_length(void) { return H5T_VARIABLE; }
static inline unsigned nj_h5_truncate(void) { return H5F_ACC_TRUNC; }
static inline hid_t nj_h5_default(void) { return H5P_DEFAULT; }
static inline hid_t nj_h5_everything(void) { return H5S_ALL; }
