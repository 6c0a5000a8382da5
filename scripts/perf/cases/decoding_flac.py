import sounds

sounds.decoding("flac")
