import sounds

sounds.decoding("opus")
