import peer
import shipped

peer.training(shipped.load(shipped.resnet1d()))
