#include "numeric/student_t_distribution.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <random>
#include <utility>

#include "numeric/bit_digest.hpp"
#include "numeric/exact_figure.hpp"
#include "numeric/normal_distribution.hpp"
#include "table/error.hpp"

BOOST_AUTO_TEST_SUITE(student_t_distribution_test)

using namespace seawall;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// mpmath 1.4.1, 50 digits and more: the series of the incomplete beta function.
struct Point {
    double degrees_of_freedom, argument;
    ExactFigure value;
};
constexpr Point probabilities[] = {
    {2.0, -1e+100, {0x1.87e92154ef7acp-666, -0x1.88b569815d1cdp-722}},
    {2.0, -1000000.0, {0x1.19799812dcd0dp-41, 0x1.d662ad409c51cp-95}},
    {2.0, -50.0, {0x1.a32dcd01e5879p-13, 0x1.1111fa8ec0ac2p-67}},
    {2.0, -8.0, {0x1.f44ddf4fc1957p-8, 0x1.32f407d4087c8p-63}},
    {2.0, -3.0, {0x1.8707522ff1e39p-5, 0x1.a6b06993caaap-59}},
    {2.0, -1.3, {0x1.4b014518b7429p-3, 0x1.ac543218c43c8p-59}},
    {2.0, -1.0, {0x1.b0cb174df99c7p-3, 0x1.96f383f0da827p-57}},
    {2.0, -0.99, {0x1.b4c123cfa8df2p-3, -0x1.48fece32f80afp-60}},
    {2.0, -0.5, {0x1.5555555555555p-2, 0x1.5555555555555p-56}},
    {2.0, -0.001, {0x1.ffa3517084bf9p-2, -0x1.ce81093ceac5fp-56}},
    {2.1, -1e+100, {0x1.67f3472a7df91p-699, -0x1.5f52e8887c05bp-753}},
    {2.1, -1000000.0, {0x1.2e637a2d1cef7p-43, -0x1.0b7437aa11395p-97}},
    {2.1, -50.0, {0x1.2f1136fa325bdp-13, -0x1.212d5996eb2b5p-70}},
    {2.1, -8.0, {0x1.b16441033d32cp-8, 0x1.60d7c77b2ac68p-63}},
    {2.1, -3.0, {0x1.7099a7a61734dp-5, -0x1.3d55827e8e83fp-59}},
    {2.1, -1.3, {0x1.4597e06f59dd3p-3, 0x1.2369bb6543335p-57}},
    {2.1, -1.0, {0x1.ac5eaa876d0ccp-3, -0x1.cda8da0b1c95ap-57}},
    {2.1, -0.99, {0x1.b05eddcc2bf76p-3, 0x1.98174048bd2bbp-57}},
    {2.1, -0.5, {0x1.54432dbc2aabbp-2, 0x1.ad494d68618c4p-56}},
    {2.1, -0.001, {0x1.ffa2d028080f3p-2, 0x1.ed6e1f3a23f96p-57}},
    {3.0, -1e+100, {0x1.7a1514423f0b6p-997, -0x0.000000080fd07p-1022}},
    {3.0, -1000000.0, {0x1.45727793a42bcp-60, -0x1.c007841d85846p-114}},
    {3.0, -50.0, {0x1.27911784866dfp-17, -0x1.297cbbc0b1136p-71}},
    {3.0, -8.0, {0x1.0b299f6b4d18dp-9, -0x1.20425004cc152p-64}},
    {3.0, -3.0, {0x1.d86c6b37d820dp-6, 0x1.6671b8447a58bp-60}},
    {3.0, -1.3, {0x1.234b735b0b2dp-3, -0x1.881e73772acc5p-60}},
    {3.0, -1.0, {0x1.9062e2bc50597p-3, 0x1.11c62ef25035ep-64}},
    {3.0, -0.99, {0x1.94a4456a03cd1p-3, -0x1.cf812f1ddf092p-62}},
    {3.0, -0.5, {0x1.4d8a9670231b2p-2, -0x1.a319540118e34p-56}},
    {3.0, -0.001, {0x1.ff9fa5f7de924p-2, 0x1.a7165472a0c2ep-57}},
    {7.5, -1000000.0, {0x1.8086484b3739p-142, 0x1.16368a746737bp-197}},
    {7.5, -50.0, {0x1.a8b13b7a2867cp-35, 0x1.351910acca965p-90}},
    {7.5, -8.0, {0x1.069a2a6490f13p-15, 0x1.3ae99b4d340edp-69}},
    {7.5, -3.0, {0x1.2d512ff75bdep-7, 0x1.7b61b4f9534d8p-64}},
    {7.5, -1.3, {0x1.db6548dc4f986p-4, -0x1.9d89d634e1c81p-58}},
    {7.5, -1.0, {0x1.64d6e63618b6ep-3, -0x1.e2bc9a99fc13fp-57}},
    {7.5, -0.99, {0x1.69816b28ca85bp-3, 0x1.411131396c507p-57}},
    {7.5, -0.5, {0x1.43484c46c74c6p-2, 0x1.6ce89c0620bafp-57}},
    {7.5, -0.001, {0x1.ff9ad6a518e6dp-2, 0x1.836bc8ae9d97dp-56}},
    {30.0, -50.0, {0x1.2faccdaf3204fp-100, -0x1.86cd55d4d9374p-154}},
    {30.0, -8.0, {0x1.ae9583c448c91p-29, -0x1.92f6523f4f314p-85}},
    {30.0, -3.0, {0x1.613c97637aa78p-9, 0x1.b1767c81c1472p-63}},
    {30.0, -1.3, {0x1.a0c51c4d01c5p-4, -0x1.8ae2a6099e159p-58}},
    {30.0, -1.0, {0x1.4d1db3a172861p-3, -0x1.7060668f61a53p-58}},
    {30.0, -0.99, {0x1.5203b659c6db3p-3, -0x1.3b46fb993bf27p-57}},
    {30.0, -0.5, {0x1.3dcf67dbb6834p-2, -0x1.7e53d03ac2ac8p-56}},
    {30.0, -0.001, {0x1.ff984993fd36dp-2, 0x1.34a1755f6109bp-56}},
    {250.0, -8.0, {0x1.a3164c6e33b4fp-46, -0x1.e95740f8a566cp-100}},
    {250.0, -3.0, {0x1.85a1fced65c2dp-10, -0x1.d1805f3d4636ap-64}},
    {250.0, -1.3, {0x1.8ef263f69cd1bp-4, 0x1.93c6bafc03c7cp-60}},
    {250.0, -1.0, {0x1.45ea843e31051p-3, -0x1.750896e12198dp-58}},
    {250.0, -0.99, {0x1.4ae2f00275cbcp-3, -0x1.306e713b9abd7p-59}},
    {250.0, -0.5, {0x1.3c2ae93fa1f34p-2, 0x1.693ac14defcbep-56}},
    {250.0, -0.001, {0x1.ff97863349e46p-2, -0x1.c61a32d61ee07p-56}},
    {10000.0, -8.0, {0x1.8e5e852457106p-51, 0x1.42201bae2d743p-107}},
    {10000.0, -3.0, {0x1.62bd54edc0616p-10, 0x1.20b5549fd585dp-65}},
    {10000.0, -1.3, {0x1.8c8e5fc9bc153p-4, -0x1.109afe0497ac7p-59}},
    {10000.0, -1.0, {0x1.44f36383f0a9dp-3, -0x1.fb66073c305c1p-57}},
    {10000.0, -0.99, {0x1.49ee4a9e0cd9cp-3, -0x1.9c783ff41cc6p-57}},
    {10000.0, -0.5, {0x1.3bf2b4e305325p-2, -0x1.44dfdb7246902p-56}},
    {10000.0, -0.001, {0x1.ff976c1c4b9e1p-2, 0x1.687faddcf1d55p-56}},
    {1000000.0, -8.0, {0x1.66fe25a3bc102p-51, 0x1.d9174608ea202p-106}},
    {1000000.0, -3.0, {0x1.61e05aa361588p-10, -0x1.24002fafeabadp-67}},
    {1000000.0, -1.3, {0x1.8c7ed26ffe8f9p-4, -0x1.14d23e81c134dp-63}},
    {1000000.0, -1.0, {0x1.44ed1bf4d15cdp-3, -0x1.c7f8e7d166d61p-57}},
    {1000000.0, -0.99, {0x1.49e8133682fabp-3, -0x1.bdf8db8d985a2p-58}},
    {1000000.0, -0.5, {0x1.3bf1476abbdadp-2, 0x1.f28b98d3dd1d9p-56}},
    {1000000.0, -0.001, {0x1.ff976b72aa9e4p-2, 0x1.71eda9b21cf5bp-58}},
};
constexpr Point quantiles[] = {
    {2.0, 1e-300, {-0x1.ba66ec32acb5fp+497, -0x1.86e95cbc3759p+443}},
    {2.0, 1e-100, {-0x1.830ec3c0b1d6p+165, -0x1.cbbe96a7745dcp+108}},
    {2.0, 1e-16, {-0x1.0dbd6587980a1p+26, 0x1.22c82ea578202p-32}},
    {2.0, 1e-06, {-0x1.618d88400cb37p+9, 0x1.8402c3cfaaba7p-45}},
    {2.0, 0.01, {-0x1.bdbb4c2b3886cp+2, 0x1.7791bd00cf0d3p-55}},
    {2.0, 0.2, {-0x1.0f876ccdf6cd9p+0, -0x1.2d93a624d9c1p-55}},
    {2.0, 0.25, {-0x1.a20bd700c2c3ep-1, 0x1.fde99f28943c7p-60}},
    {2.0, 0.3, {-0x1.3c03650e00e03p-1, -0x1.276d13800b514p-55}},
    {2.0, 0.4999, {-0x1.28950396ad38cp-12, 0x1.3db93fb6446cfp-71}},
    {2.0, 0.5000001, {0x1.2fb3367756bc4p-22, -0x1.6bda8f4582013p-78}},
    {2.0, 0.9, {0x1.e2b7dddfefa67p+0, 0x1.951df4e64a39p-54}},
    {2.0, 0.9999, {0x1.1accdf6e8f74ap+6, -0x1.e0ce08e8c1314p-48}},
    {2.0, 0.9999999999999999, {0x1.ffffffffffffep+25, 0x1.fffffffffffffp-29}},
    {2.1, 1e-300, {-0x1.1852923e655e5p+474, -0x1.9df4f24b94c34p+420}},
    {2.1, 1e-100, {-0x1.b095bfc33067ap+157, -0x1.03956c63d7823p+103}},
    {2.1, 1e-16, {-0x1.d70b161c7803ep+24, -0x1.3368500171e97p-30}},
    {2.1, 1e-06, {-0x1.0b0eb93389afap+9, 0x1.338d6cfef997cp-45}},
    {2.1, 0.01, {-0x1.a1f8fc47998f4p+2, 0x1.1afb7edaa2bd8p-52}},
    {2.1, 0.2, {-0x1.0c5db20434306p+0, -0x1.2df24e26cf087p-62}},
    {2.1, 0.25, {-0x1.9e227a4361ddcp-1, 0x1.644a541cab9f7p-55}},
    {2.1, 0.3, {-0x1.398eb21038f5ap-1, -0x1.88936105cd901p-57}},
    {2.1, 0.4999, {-0x1.26f98cd31695dp-12, -0x1.531f0e83a8427p-66}},
    {2.1, 0.5000001, {0x1.2e0ddfae36c7ap-22, 0x1.5f0defcbf9c8bp-79}},
    {2.1, 0.9, {0x1.d8c109c17bd85p+0, 0x1.1d90e93fd544dp-54}},
    {2.1, 0.9999, {0x1.dcb3fd63c652dp+5, 0x1.ab3725175b11ap-51}},
    {2.1, 0.9999999999999999, {0x1.c029f883a6543p+24, 0x1.82d8a2c73c49dp-31}},
    {3.0, 1e-300, {-0x1.2e4b0c9627b32p+332, 0x1.e155ad0b6340ep+278}},
    {3.0, 1e-100, {-0x1.b6f4a8b91602p+110, -0x1.47c14b6b6db6ep+56}},
    {3.0, 1e-16, {-0x1.b2b87dbe86539p+17, -0x1.9b5931689cc21p-37}},
    {3.0, 1e-06, {-0x1.9d32a7ae8c6d6p+6, 0x1.37e96ed10d245p-48}},
    {3.0, 0.01, {-0x1.229ae02999d8ap+2, -0x1.f2a06d787affap-56}},
    {3.0, 0.2, {-0x1.f4fa52ab48a5ap-1, -0x1.b919519f3d0a2p-55}},
    {3.0, 0.25, {-0x1.879ff79eea791p-1, 0x1.4dcc9866cef33p-57}},
    {3.0, 0.3, {-0x1.2b35215ef1db2p-1, -0x1.fcaaa3a00c672p-55}},
    {3.0, 0.4999, {-0x1.1d4935ca28a71p-12, -0x1.9f2ad186afcafp-67}},
    {3.0, 0.5000001, {0x1.24220181f450dp-22, -0x1.5d4f67a04848p-76}},
    {3.0, 0.9, {0x1.a34336c655793p+0, -0x1.8ef9c68312ce7p-54}},
    {3.0, 0.9999, {0x1.6342874203a6ap+4, 0x1.f0be0ca9dd65fp-53}},
    {3.0, 0.9999999999999999, {0x1.a3d47fc083bd3p+17, 0x1.ff99dc34a6b3bp-37}},
    {7.5, 1e-300, {-0x1.efccfd4604167p+133, -0x1.c13e23d0b52cep+78}},
    {7.5, 1e-100, {-0x1.4a952bcfbb9f7p+45, -0x1.f4b77aa56fc5dp-9}},
    {7.5, 1e-16, {-0x1.1ea9d3d3ab76dp+8, -0x1.9787bd64c3e1p-47}},
    {7.5, 1e-06, {-0x1.a1ab5fea87e6ap+3, 0x1.d8446020e5665p-52}},
    {7.5, 0.01, {-0x1.78b77a8774af4p+1, -0x1.c00e3065710bfp-59}},
    {7.5, 0.2, {-0x1.c8cfa9dc95349p-1, -0x1.99d2e775d09bp-55}},
    {7.5, 0.25, {-0x1.6acd906fef512p-1, 0x1.534c675834affp-55}},
    {7.5, 0.3, {-0x1.1846802d3dd56p-1, -0x1.6f9fb432f9a14p-57}},
    {7.5, 0.4999, {-0x1.0fb8c0e51adf1p-12, 0x1.b2f04484b0694p-66}},
    {7.5, 0.5000001, {0x1.163e35ec6ca35p-22, -0x1.cc95c5b1cbbp-76}},
    {7.5, 0.9, {0x1.67bbf6ac4eec5p+0, -0x1.dd3aae07807c6p-57}},
    {7.5, 0.9999, {0x1.ae38f8544acb3p+2, -0x1.8f1132d96dcbbp-55}},
    {7.5, 0.9999999999999999, {0x1.1ab1bcc5cd842p+8, -0x1.cf196917789d7p-47}},
    {30.0, 1e-300, {-0x1.75dc09801029ap+35, 0x1.f07cff9c3e673p-22}},
    {30.0, 1e-100, {-0x1.51d528f65c1a1p+13, -0x1.2386e9124b4e7p-42}},
    {30.0, 1e-16, {-0x1.043d345999afep+4, -0x1.9b448fde08fdbp-50}},
    {30.0, 1e-06, {-0x1.77c06205cbd3bp+2, 0x1.1ac0410e0e11fp-53}},
    {30.0, 0.01, {-0x1.3a878bd52a1e9p+1, 0x1.ea1ec8f6ae2a8p-54}},
    {30.0, 0.2, {-0x1.b520fb84d4541p-1, -0x1.1686da045a059p-55}},
    {30.0, 0.25, {-0x1.5d92277bf20d4p-1, 0x1.b5cfeb241f34ap-55}},
    {30.0, 0.3, {-0x1.0f5ea6a012e8ep-1, -0x1.6431917d07705p-55}},
    {30.0, 0.4999, {-0x1.0909c0af4fd84p-12, 0x1.379351d243d53p-67}},
    {30.0, 0.5000001, {0x1.0f66255c352a8p-22, -0x1.a4e5dc6abb28cp-79}},
    {30.0, 0.9, {0x1.4f775bee3e38dp+0, -0x1.c3fe64823aa1ap-55}},
    {30.0, 0.9999, {0x1.0ef9a03c8d3b7p+2, 0x1.a4a8651dea165p-52}},
    {30.0, 0.9999999999999999, {0x1.033bfb027c6e5p+4, 0x1.96cfaf7cce8dcp-55}},
    {250.0, 1e-16, {-0x1.1a407f8f17efep+3, 0x1.c7395590c8343p-51}},
    {250.0, 1e-06, {-0x1.378c23dade1eap+2, 0x1.0d8dfcb8a204ep-53}},
    {250.0, 0.01, {-0x1.2bb18eaa60e5dp+1, 0x1.4f8661a415b0dp-53}},
    {250.0, 0.2, {-0x1.afa5bd19cd4f5p-1, -0x1.99fe8cc6538f3p-56}},
    {250.0, 0.25, {-0x1.59d7836b1b981p-1, 0x1.017598fe123b3p-55}},
    {250.0, 0.3, {-0x1.0cd5f2e84a2fbp-1, -0x1.4ff8a2c38ca03p-55}},
    {250.0, 0.4999, {-0x1.071a1c8290adap-12, -0x1.adc0f72324fe7p-66}},
    {250.0, 0.5000001, {0x1.0d6a9bf996f5bp-22, 0x1.13a39d9b218bap-77}},
    {250.0, 0.9, {0x1.48f24a4c214d8p+0, -0x1.2a4be2664a5fdp-54}},
    {250.0, 0.9999, {0x1.e33057a27a879p+1, 0x1.8dce57aecce4ep-54}},
    {250.0, 0.9999999999999999, {0x1.19c2ad1dba8e4p+3, -0x1.1e636291d2152p-53}},
    {10000.0, 1e-16, {-0x1.078efc01a941fp+3, 0x1.6eeca7c7abd0bp-52}},
    {10000.0, 1e-06, {-0x1.306611316553ep+2, -0x1.877b87a7dfc1dp-52}},
    {10000.0, 0.01, {-0x1.29d1fd0a80e85p+1, -0x1.443326b7d8822p-53}},
    {10000.0, 0.2, {-0x1.aeedb095b6ca4p-1, -0x1.d345a996e8ff8p-55}},
    {10000.0, 0.25, {-0x1.5959efb1156ffp-1, -0x1.daacaa81db83ep-56}},
    {10000.0, 0.3, {-0x1.0c806a3a67ce1p-1, -0x1.9ebd99b6efc1ep-57}},
    {10000.0, 0.4999, {-0x1.06d879296431ep-12, -0x1.704a19ee76b52p-69}},
    {10000.0, 0.5000001, {0x1.0d276558f8368p-22, 0x1.712cbeb42f123p-76}},
    {10000.0, 0.9, {0x1.48194fdc0fa73p+0, -0x1.6c3544dfa0712p-54}},
    {10000.0, 0.9999, {0x1.dc35ee8d04563p+1, 0x1.1e11289ffc3a3p-53}},
    {10000.0, 0.9999999999999999, {0x1.0727aed306215p+3, -0x1.1ac23bd254969p-51}},
    {1000000.0, 1e-16, {-0x1.071c73e565ad2p+3, -0x1.d9388f9d92a53p-61}},
    {1000000.0, 1e-06, {-0x1.30389032bd291p+2, 0x1.631a57191345dp-54}},
    {1000000.0, 0.01, {-0x1.29c5e3ab3355p+1, 0x1.82e2b7969360ap-53}},
    {1000000.0, 0.2, {-0x1.aee906833478bp-1, 0x1.5a9ee937ab16ap-57}},
    {1000000.0, 0.25, {-0x1.5956c0b092069p-1, -0x1.0b9896b11354p-55}},
    {1000000.0, 0.3, {-0x1.0c7e3ef3ffe0fp-1, -0x1.4d720b0f14b5cp-55}},
    {1000000.0, 0.4999, {-0x1.06d6ced3c14b6p-12, -0x1.ec024a4ea0828p-66}},
    {1000000.0, 0.5000001, {0x1.0d25b0c7f1362p-22, 0x1.97e45fcb2c5d8p-76}},
    {1000000.0, 0.9, {0x1.4813d1a2353f8p+0, -0x1.5fce129b8eb98p-55}},
    {1000000.0, 0.9999, {0x1.dc092f1d7835bp+1, -0x1.bf63fd24ee4c4p-53}},
    {1000000.0, 0.9999999999999999, {0x1.06b5ab8d9c6efp+3, -0x1.3a9ac63bfa56bp-53}},
};

}  // namespace

BOOST_AUTO_TEST_CASE(probabilities_keep_their_relative_error_in_the_tail) {
    for (const auto& [nu, x, p] : probabilities) {
        BOOST_TEST_CONTEXT("degrees of freedom " << nu << ", x = " << x) {
            BOOST_TEST(relative_error(student_t_cdf(x, nu), p) < 4e-16 * (4.0 - std::log(p.high)));
            BOOST_TEST(std::abs(student_t_cdf(-x, nu) - (1.0 - student_t_cdf(x, nu))) <= 0x1p-53);
        }
    }
}

BOOST_AUTO_TEST_CASE(quantiles_keep_their_relative_error_from_1e_300_to_the_last_double) {
    for (const auto& [nu, p, x] : quantiles) {
        BOOST_TEST_CONTEXT("degrees of freedom " << nu << ", p = " << p) {
            const double allowed = 4e-16 * (4.0 - std::log(std::min(p, 1.0 - p)));
            BOOST_TEST(relative_error(student_t_quantile(p, nu), x) < allowed);
            BOOST_TEST(relative_error(StudentTQuantile(nu)(p), x) < allowed);
        }
    }
}

BOOST_AUTO_TEST_CASE(prepared_quantiles_agree_with_direct_ones) {
    std::mt19937_64 random(7);
    std::uniform_real_distribution<double> exponent(-54.0, -1.0);
    for (const double nu : {2.0, 2.5, 4.0, 13.7, 1000.0, 1e9}) {
        const StudentTQuantile quantile(nu);
        double worst = 0.0;
        for (int i = 0; i < 1000; ++i) {
            const double p = std::exp2(exponent(random));
            const double error = std::abs(quantile(p) / student_t_quantile(p, nu) - 1.0);
            worst = std::max(worst, error / (4.0 - std::log(p)));
        }
        BOOST_TEST(worst < 5e-16);
    }
}

BOOST_AUTO_TEST_CASE(two_degrees_of_freedom_have_a_closed_form) {
    const StudentT distribution(2.0);
    for (int i = 1; i < 1024; ++i) {
        const double p = i / 1024.0;
        const double closed = (2.0 * p - 1.0) / std::sqrt(2.0 * p * (1.0 - p));
        BOOST_TEST(std::abs(distribution.quantile(p) - closed) <= 2e-15 * std::abs(closed));
    }
}

BOOST_AUTO_TEST_CASE(four_degrees_of_freedom_have_a_closed_form) {
    // W. T. Shaw, "Sampling Student's T distribution" (2006): q = 4(cos(arccos(√α)/3)/√α - 1).
    const StudentT distribution(4.0);
    for (int i = 1; i < 512; ++i) {
        const double p = i / 1024.0;
        const double root = std::sqrt(4.0 * p * (1.0 - p));
        const double closed = -2.0 * std::sqrt(std::cos(std::acos(root) / 3.0) / root - 1.0);
        BOOST_TEST(std::abs(distribution.quantile(p) / closed - 1.0) < 1e-10);  // 1 is subtracted
    }
}

BOOST_AUTO_TEST_CASE(many_degrees_of_freedom_are_normal_but_for_terms_of_1_over_them) {
    // Abramowitz and Stegun 26.7.5, two terms.
    for (const double nu : {1e6, 1e9}) {
        for (const double p : {1e-12, 1e-4, 0.03, 0.4, 0.999}) {
            const double z = normal_quantile(p);
            const double first = z * (z * z + 1.0) / 4.0;
            const double second = z * (5.0 * z * z * z * z + 16.0 * z * z + 3.0) / 96.0;
            const double expected = z + (first + second / nu) / nu;
            BOOST_TEST(std::abs(student_t_quantile(p, nu) / expected - 1.0) < 5e-14);
        }
    }
}

BOOST_AUTO_TEST_CASE(quantiles_are_odd_about_one_half) {
    const StudentT distribution(5.5);
    BOOST_TEST(distribution.quantile(0.5) == 0.0);
    for (int i = 1; i < 512; ++i) {
        BOOST_TEST(distribution.quantile(i / 1024.0) == -distribution.quantile(1.0 - i / 1024.0));
    }
}

BOOST_AUTO_TEST_CASE(probabilities_and_quantiles_rise) {
    for (const double nu : {2.1, 5.0, 40.0, 1e4}) {
        const StudentT distribution(nu);
        double before = -infinity;
        double cdf_before = 0.0;
        for (int i = 1; i < (1 << 14); ++i) {
            const double x = distribution.quantile(i * 0x1p-14);
            BOOST_TEST_REQUIRE(before < x);
            before = x;
            const double cdf = distribution.cdf((i - (1 << 13)) * 0x1p-11);
            BOOST_TEST_REQUIRE(cdf_before < cdf);
            cdf_before = cdf;
        }
    }
}

BOOST_AUTO_TEST_CASE(the_density_is_the_slope_of_the_probability) {
    const StudentT distribution(3.5);
    for (const double x : {-9.0, -2.0, -0.5, 0.25, 0.75, 4.0}) {
        const double slope =
            (distribution.cdf(x + 0x1p-17) - distribution.cdf(x - 0x1p-17)) * 0x1p16;
        BOOST_TEST(std::abs(distribution.density(x) / slope - 1.0) < 1e-7);
    }
}

BOOST_AUTO_TEST_CASE(the_bits_are_the_same_on_every_machine) {
    for (const auto& [nu, quantile_digest, cdf_digest, prepared_digest] :
         {std::tuple{2.1, 0xc6ae7081e9e0e201U, 0xa4f63615e364462cU, 0x8463393be89be945U},
          {4.0, 0xd2e5123880a2cb1U, 0x9b00b3e28e73908aU, 0xc66a516d933f59b5U},
          {1000.0, 0x12fa4a2785ec3095U, 0xf84cbf987f511474U, 0xf351afe8e6caac19U}}) {
        const StudentT distribution(nu);
        BOOST_TEST(bit_digest([&](double p) { return distribution.quantile(p); }, 1, 4095,
                              0x1p-12) == quantile_digest);
        BOOST_TEST(bit_digest(StudentTQuantile(nu), 1, 4095, 0x1p-12) == prepared_digest);
        BOOST_TEST(bit_digest([&](double x) { return distribution.cdf(x); }, -4000, 4000, 0x1p-8) ==
                   cdf_digest);
    }
}

BOOST_AUTO_TEST_CASE(the_ends_are_infinite_and_outside_is_no_number) {
    const StudentT distribution(5.0);
    BOOST_TEST(distribution.quantile(0.0) == -infinity);
    BOOST_TEST(distribution.quantile(1.0) == infinity);
    BOOST_TEST(std::isnan(distribution.quantile(-0.1)));
    BOOST_TEST(std::isnan(distribution.quantile(1.1)));
    BOOST_TEST(std::isnan(distribution.quantile(std::nan(""))));
    BOOST_TEST(distribution.cdf(0.0) == 0.5);
    BOOST_TEST(distribution.cdf(-infinity) == 0.0);
    BOOST_TEST(distribution.cdf(infinity) == 1.0);
    BOOST_TEST(std::isnan(distribution.cdf(std::nan(""))));
}

BOOST_AUTO_TEST_CASE(degrees_of_freedom_below_2_or_beyond_1e9_are_refused) {
    for (const double nu : {1.99, -1.0, 1.1e9, infinity, std::nan("")}) {
        BOOST_CHECK_EXCEPTION(student_t_quantile(0.5, nu), Error, [](const Error& error) {
            return error.code() == ErrorCode::invalid_input &&
                   error.where() == "degrees_of_freedom";
        });
    }
}

BOOST_AUTO_TEST_SUITE_END()
