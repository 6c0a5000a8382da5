import peer
import shipped

peer.inference(shipped.load(shipped.resnet1d()))
