-- MFCC of 64 clips of 48,000 samples, with NeuroBench's settings.
local features = require "features"

features(48000)
