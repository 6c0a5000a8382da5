import mfcc

mfcc.mfcc(16000)
