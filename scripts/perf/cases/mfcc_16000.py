import features

features.mfcc(16000)
