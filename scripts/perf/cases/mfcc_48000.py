import features

features.mfcc(48000)
