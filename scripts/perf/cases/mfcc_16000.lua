-- MFCC of 64 clips of 16,000 samples, with NeuroBench's settings.
local features = require "features"

features(16000)
