import mfcc

mfcc.mfcc(48000)
