import sounds

sounds.decoding("wav")
