/* Keeps libmpg123, by which libsndfile decodes MP3, from writing to the standard error.

   The decoder reports damaged frames as lines on stderr unless a flag of its handle is set, and libsndfile neither sets
   the flag nor gives the handle away. The program therefore defines the function that makes handles: a symbol of the
   program comes before that of a library. It calls the library's function and sets the flag. Nothing is redirected,
   so other threads may write to stderr meanwhile. */
#ifndef NJ_QUIET_MPEG_H
#define NJ_QUIET_MPEG_H

typedef struct mpg123_handle_struct mpg123_handle;

/* As in mpg123.h; a new handle, or NULL with the reason in `error`, which may be NULL. */
mpg123_handle *mpg123_new(const char *decoder, int *error);

#endif
